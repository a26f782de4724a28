import { toOrderPayload } from "@avantlink-s2s/core";
import { medusaOrder } from "@avantlink-s2s/orders/medusa";
import { expect, test } from "vitest";
import { allocate, sum } from "./carts.ts";
import { MEDUSA_ORDER } from "./fixtures/medusa.ts";
import { PACKED_CONTEXT } from "./fixtures/shopper.ts";
import { accepted, describeMapper } from "./mapper-suite.ts";

const [BLANKETS, CORKS] = MEDUSA_ORDER.items;

describeMapper("medusaOrder", {
  map: medusaOrder,
  fixture: MEDUSA_ORDER,
  order: {
    orderNumber: "1207",
    currency: "SEK",
    subtotal: "382.56",
    couponCodes: ["PICNIC", "SHIPHALF"],
    customer: { newCustomer: true, country: "se", state: "Skåne", id: "cus_01JOTT" },
    products: [
      { sku: "BLANKET", unitPrice: "179.28", quantity: 2 },
      { sku: "CORK", unitPrice: "8.00", quantity: 3 },
    ],
  },
  context: PACKED_CONTEXT,
  unpaid: { payment_status: "authorized" },
  notMapped: [
    ["is only authorized", "unpaid", { payment_status: "authorized" }],
    ["was cancelled", "unpaid", { status: "canceled" }],
    [
      "has payments that are not completed",
      "unpaid",
      { payment_status: undefined, payment_collections: [{ status: "authorized" }] },
    ],
    [
      "has payments that were all cancelled",
      "unpaid",
      { payment_status: undefined, payment_collections: [{ status: "canceled" }] },
    ],
    ["has no payment status", "unmappable", { payment_status: undefined }],
    ["has no items", "unmappable", { items: undefined }],
    [
      "has items without totals",
      "unmappable",
      { items: [{ variant_sku: "CORK", quantity: 1, unit_price: 10 }] },
    ],
  ],
  build: (cart) => {
    // Medusa rounds nothing: its figures are doubles with all their digits.
    const [rate, scale] = [cart.taxRate / 10_000, 10 ** cart.digits];
    const net = (amount: number) => (cart.taxIncluded ? amount / (1 + rate) : amount) / scale;
    const shares = allocate(
      cart.discount,
      cart.lines.map(({ unit, quantity, discount }) => unit * quantity - discount),
    );
    const items = cart.lines.map(({ sku, unit, quantity, discount }, index) => {
      const off = net(discount + (shares[index] ?? 0));
      const subtotal = net(unit * quantity);
      return {
        variant_sku: sku,
        quantity,
        subtotal,
        discount_subtotal: off,
        tax_total: (subtotal - off) * rate,
        total: (subtotal - off) * (1 + rate),
      };
    });
    return {
      document: {
        ...MEDUSA_ORDER,
        currency_code: cart.currency.toLowerCase(),
        items,
        item_total: sum(items.map(({ total }) => total)),
        item_tax_total: sum(items.map(({ tax_total }) => tax_total)),
      },
      sold: items.map((item) => ({
        sku: item.variant_sku,
        quantity: item.quantity,
        exact: (item.subtotal - item.discount_subtotal) * scale,
      })),
    };
  },
});

test("gives AvantLink the payload computed by hand for an order with a discount on shipping", () => {
  const mapped = accepted(medusaOrder(MEDUSA_ORDER, { newCustomer: true }));
  const result = toOrderPayload(mapped.order, mapped.context);
  expect(result.ok && result.payload.order).toEqual({
    order_number: "1207",
    order_amount_subtotal: 382.56,
    currency: "SEK",
    coupon_codes: ["PICNIC", "SHIPHALF"],
    customer: { new_customer: true, country: "SE", region: "", state: "Skåne" },
    products: [
      { product_sku: "BLANKET", product_amount: 179.28, quantity: 2 },
      { product_sku: "CORK", product_amount: 8, quantity: 3 },
    ],
  });
});

test("maps what Medusa's own code holds: big numbers, and payment collections instead of a status", () => {
  const big = (value: string) => ({ numeric_: Number(value), raw_: { value, precision: 20 } });
  const items = [{ ...CORKS, quantity: big("3"), subtotal: big("24.00"), discount_subtotal: big("0") }];
  const order = {
    ...MEDUSA_ORDER,
    items,
    item_total: big("30"),
    item_tax_total: { value: "6" },
    payment_status: undefined,
    // The first was cancelled when the total changed.
    payment_collections: [{ status: "canceled" }, { status: "completed" }],
  };
  const mapped = accepted(medusaOrder({ order }));
  expect(mapped.order).toMatchObject({ subtotal: "24.00", products: [{ unitPrice: "8.00", quantity: 3 }] });
  expect(mapped.findings).toEqual([]);
});

test.each([
  ["of the APIs", { payment_status: "not_paid" }],
  ["of query.graph", { payment_collections: [] }],
  ["with a payment of nothing", { payment_collections: [{ status: "not_paid", amount: { value: "0" } }] }],
  [
    "whose only payment was canceled",
    { payment_status: "not_paid", payment_collections: [{ status: "canceled", amount: 502.7 }] },
  ],
])("counts an order that a gift card or credit pays in full as paid: one %s", (_what, payment) => {
  const order = { ...MEDUSA_ORDER, payment_status: undefined, total: 0, ...payment };
  expect(accepted(medusaOrder(order)).order.subtotal).toBe("382.56");
  const exact = { numeric_: 0, raw_: { value: "0", precision: 20 } };
  expect(medusaOrder({ ...order, total: exact }).status).toBe("mapped");
  expect(medusaOrder({ ...order, total: 502.7 }).status).not.toBe("mapped");
  expect(medusaOrder({ ...order, status: "canceled" }).status).toBe("unpaid");
});

test.each([
  ["not_paid", [{ status: "not_paid", amount: 502.7 }]],
  ["not_paid", [{ status: "not_paid" }]],
  ["refunded", undefined],
  ["canceled", undefined],
])(
  "does not count a total of 0 as paid where something was to be paid: %s",
  (payment_status, collections) => {
    const order = { ...MEDUSA_ORDER, total: 0, payment_status, payment_collections: collections };
    expect(medusaOrder(order).status).toBe("unpaid");
  },
);

test("goes by total less tax where an older version says nothing else", () => {
  const items = [{ ...BLANKETS, discount_subtotal: undefined }, CORKS];
  expect(accepted(medusaOrder({ ...MEDUSA_ORDER, items })).order.subtotal).toBe("382.56");
});

test("leaves gift cards out, and the codes of promotions that nobody typed", () => {
  const items = [BLANKETS, { ...CORKS, is_giftcard: true }];
  const promotions = [
    { code: "SHIPHALF", is_automatic: true },
    { code: "PICNIC", is_automatic: false },
  ];
  const { order } = accepted(medusaOrder({ ...MEDUSA_ORDER, items, promotions }));
  expect(order).toMatchObject({
    subtotal: "358.56",
    couponCodes: ["PICNIC"],
    products: [{ sku: "BLANKET" }],
  });
});

test("leaves out items that came back, as Medusa leaves out their money", () => {
  const returned = {
    ...CORKS,
    subtotal: 16,
    total: 20,
    tax_total: 4,
    detail: { return_received_quantity: 1 },
  };
  const mapped = accepted(
    medusaOrder({ ...MEDUSA_ORDER, items: [returned], item_total: 20, item_tax_total: 4 }),
  );
  expect(mapped.order.products).toEqual([{ sku: "CORK", unitPrice: "8.00", quantity: 2 }]);
  expect(mapped.findings).toMatchObject([{ code: "mapper.adjusted", path: "items[0]" }]);
});

test.each([
  // What Medusa 2.0 says of a line of three corks, of which some came back → the items that its money is for
  ["prices with tax", { subtotal: 24, total: 30, tax_total: 6, is_tax_inclusive: true }],
  ["prices without tax", { subtotal: 30, total: 37.5, tax_total: 7.5, is_tax_inclusive: false }],
])("keeps items that came back where their money is still in the totals: %s", (_what, totals) => {
  for (const detail of [{ return_received_quantity: 1 }, { return_dismissed_quantity: 3 }]) {
    const items = [{ ...CORKS, ...totals, detail }];
    const mapped = accepted(medusaOrder({ ...MEDUSA_ORDER, items, item_total: undefined }));
    expect(mapped.order.products).toEqual([
      { sku: "CORK", unitPrice: (totals.subtotal / 3).toFixed(2), quantity: 3 },
    ]);
    expect(mapped.findings).toEqual([]);
  }
});

test("leaves out a line whose items all came back with their money", () => {
  const gone = { ...CORKS, subtotal: 0, total: 0, tax_total: 0, detail: { return_received_quantity: 3 } };
  const order = { ...MEDUSA_ORDER, items: [BLANKETS, gone], item_total: undefined };
  expect(accepted(medusaOrder(order)).order).toMatchObject({
    subtotal: "358.56",
    products: [{ sku: "BLANKET" }],
  });
});

test("knows a guest, who has a customer's record all the same", () => {
  const customer = { ...MEDUSA_ORDER.customer, has_account: false };
  expect(accepted(medusaOrder({ ...MEDUSA_ORDER, customer })).order.customer.id).toBeUndefined();
});

test("prefers the exact decimal of a big number to its double", () => {
  const big = (value: string, numeric_: number) => ({ numeric_, raw_: { value, precision: 20 } });
  const items = [{ ...CORKS, quantity: 1, subtotal: big("8.005", 8.00499), discount_subtotal: 0 }];
  const order = { ...MEDUSA_ORDER, items, item_total: undefined };
  expect(accepted(medusaOrder(order)).order.subtotal).toBe("8.01");
});
