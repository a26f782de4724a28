import { swellOrder } from "@avantlink-s2s/orders/swell";
import { expect, test } from "vitest";
import { allocate, sum, taxOn } from "./carts.ts";
import { PACKED_CONTEXT } from "./fixtures/shopper.ts";
import { SWELL_CAMEL, SWELL_ORDER } from "./fixtures/swell.ts";
import { accepted, describeMapper } from "./mapper-suite.ts";

const [SOAPS, BRUSH] = SWELL_ORDER.items;

const ORDER = {
  orderNumber: "100234",
  currency: "EUR",
  subtotal: "33.25",
  couponCodes: ["SOFT5"],
  customer: { newCustomer: true, country: "NL", state: "UT", id: "65a1f0c2d3e4b5a697880001" },
  products: [
    { sku: "SOAP-LAVENDER", unitPrice: "4.75", quantity: 3 },
    { sku: "BRUSH", unitPrice: "19.00", quantity: 1 },
  ],
};

describeMapper("swellOrder", {
  map: swellOrder,
  fixture: SWELL_ORDER,
  order: ORDER,
  context: PACKED_CONTEXT,
  unpaid: { paid: false },
  notMapped: [
    ["is not paid", "unpaid", { paid: false }],
    ["was cancelled", "unpaid", { canceled: true }],
    ["is a test", "test", { test: true }],
    ["does not say whether it is paid", "unmappable", { paid: undefined }],
    ["has no items", "unmappable", { items: undefined }],
    [
      "has tax in its prices and nothing that says how much",
      "unmappable",
      { items: [{ ...BRUSH, tax_total: undefined }] },
    ],
  ],
  build: (cart) => {
    const scale = 10 ** cart.digits;
    const shares = allocate(
      cart.discount,
      cart.lines.map(({ unit, quantity, discount }) => unit * quantity - discount),
    );
    const lines = cart.lines.map(({ sku, unit, quantity, discount }, index) => {
      const off = discount + (shares[index] ?? 0);
      return { sku, quantity, price: unit * quantity, off, tax: taxOn(unit * quantity - off, cart) };
    });
    const giftCard = { delivery: "giftcard", quantity: 1, price_total: (cart.giftCard ?? 0) / scale };
    const items = lines.map(({ sku, quantity, price, off, tax }) => ({
      product: { sku },
      quantity,
      price_total: price / scale,
      discount_total: off / scale,
      tax_total: tax / scale,
    }));
    return {
      document: {
        ...SWELL_ORDER,
        currency: cart.currency,
        item_tax_included: cart.taxIncluded,
        items: cart.giftCard === undefined ? items : [...items, giftCard],
        sub_total: sum(lines.map(({ price }) => price)) / scale,
        item_discount: sum(lines.map(({ off }) => off)) / scale,
        item_tax: sum(lines.map(({ tax }) => tax)) / scale,
      },
      sold: lines.map(({ sku, quantity, price, off, tax }) => ({
        sku,
        quantity,
        exact: price - off - (cart.taxIncluded ? tax : 0),
      })),
    };
  },
});

test("maps names in camel case, and the order in a webhook's envelope, to the same", () => {
  for (const document of [SWELL_CAMEL, { model: "orders", type: "order.paid", data: SWELL_ORDER }]) {
    const mapped = accepted(swellOrder(document, { newCustomer: true }));
    expect(mapped.order).toEqual(ORDER);
    expect(mapped.context).toEqual(PACKED_CONTEXT);
  }
});

test("maps a test order with allowTest", () => {
  expect(swellOrder({ ...SWELL_ORDER, test: true }, { allowTest: true }).status).toBe("mapped");
});

test("counts a guest as nobody", () => {
  expect(accepted(swellOrder({ ...SWELL_ORDER, guest: true })).order.customer.id).toBeUndefined();
});

test("names the expansion that would give the SKU", () => {
  const items = [{ ...SOAPS, product: undefined, variant: undefined }, BRUSH];
  const mapped = accepted(swellOrder({ ...SWELL_ORDER, items }));
  expect(mapped.order.products[0]?.sku).toBe("p1");
  expect(mapped.findings).toMatchObject([{ code: "mapper.incomplete", path: "items[0].variant.sku" }]);
  expect(mapped.findings[0]?.message).toContain("ask for expand=items.product,items.variant");
});

test("says by how much the order's figures and its items disagree, unless either reading of sub_total agrees", () => {
  expect(accepted(swellOrder({ ...SWELL_ORDER, sub_total: 40.23 })).findings).toEqual([]);
  const mapped = accepted(swellOrder({ ...SWELL_ORDER, sub_total: 52.35 }));
  expect(mapped.order.subtotal).toBe("33.25");
  expect(mapped.findings).toMatchObject([{ code: "mapper.does-not-add-up", path: "sub_total" }]);
  expect(mapped.findings[0]?.message).toContain("10.00 apart");
});
