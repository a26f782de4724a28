import { vendureOrder } from "@avantlink-s2s/orders/vendure";
import { expect, test } from "vitest";
import { allocate, sum } from "./carts.ts";
import { PACKED_CONTEXT } from "./fixtures/shopper.ts";
import { VENDURE_ORDER } from "./fixtures/vendure.ts";
import { accepted, describeMapper } from "./mapper-suite.ts";

const [SCARVES, HAT] = VENDURE_ORDER.lines;

describeMapper("vendureOrder", {
  map: vendureOrder,
  fixture: VENDURE_ORDER,
  order: {
    orderNumber: "VT9XQW3JD2",
    currency: "USD",
    subtotal: "100.01",
    couponCodes: ["WINTER20"],
    customer: { newCustomer: true, country: "US", state: "Vermont", id: "7" },
    products: [
      { sku: "SCARF", unitPrice: "22.67", quantity: 3 },
      { sku: "HAT", unitPrice: "32.00", quantity: 1 },
    ],
  },
  context: PACKED_CONTEXT,
  unpaid: { state: "PaymentAuthorized" },
  notMapped: [
    ["is only authorized", "unpaid", { state: "PaymentAuthorized" }],
    ["is a cart", "unpaid", { state: "AddingItems" }],
    ["was cancelled", "unpaid", { state: "Cancelled" }],
    ["has no state", "unmappable", { state: undefined }],
    ["has no lines", "unmappable", { lines: undefined }],
    [
      "has a line without its prorated price",
      "unmappable",
      { lines: [{ quantity: 1, discountedUnitPrice: 100 }] },
    ],
  ],
  build: (cart) => {
    // Vendure's default strategy rounds the unit price, then multiplies.
    const rate = cart.taxIncluded ? 1 + cart.taxRate / 10_000 : 1;
    const shares = allocate(
      cart.discount,
      cart.lines.map(({ unit, quantity, discount }) => unit * quantity - discount),
    );
    const lines = cart.lines.map(({ sku, unit, quantity, discount }, index) => {
      const amount = unit * quantity - discount - (shares[index] ?? 0);
      const proratedUnitPrice = Math.round(amount / quantity / rate);
      return {
        quantity,
        productVariant: { sku },
        unitPrice: unit,
        proratedUnitPrice,
        proratedLinePrice: proratedUnitPrice * quantity,
      };
    });
    const price = cart.giftCard ?? 0;
    return {
      document: {
        ...VENDURE_ORDER,
        currencyCode: cart.currency,
        lines,
        surcharges: [{ price }],
        subTotal: sum(lines.map((line) => line.proratedLinePrice)) + price,
      },
      options: { precision: cart.digits },
      sold: lines.map((line) => ({
        sku: line.productVariant.sku,
        quantity: line.quantity,
        exact: line.proratedLinePrice,
      })),
    };
  },
});

test.each([
  ["JPY", undefined, 50_000, "500"],
  ["JPY", 0, 500, "500"],
  ["KWD", 3, 12_345, "12.345"],
  ["USD", undefined, 1999, "19.99"],
])(
  "counts %s with the precision %s of the shop's strategy",
  (currencyCode, precision, proratedLinePrice, unitPrice) => {
    const lines = [{ ...HAT, proratedLinePrice }];
    const order = { ...VENDURE_ORDER, currencyCode, lines, surcharges: [], subTotal: proratedLinePrice };
    const mapped = accepted(vendureOrder({ data: { order } }, { precision }));
    expect(mapped.order.products).toEqual([{ sku: "HAT", unitPrice, quantity: 1 }]);
    expect(mapped.findings).toEqual([]);
  },
);

test("refuses a precision that is none", () => {
  expect(vendureOrder(VENDURE_ORDER, { precision: 1.5 })).toMatchObject({
    status: "unmappable",
    issues: [{ path: "precision" }],
  });
});

test.each([
  [1, true],
  [3, false],
  [0, undefined],
])("knows by %d orders in all whether the customer is new: %s", (totalItems, newCustomer) => {
  const customer = { ...VENDURE_ORDER.customer, orders: { totalItems } };
  expect(accepted(vendureOrder({ ...VENDURE_ORDER, customer })).order.customer.newCustomer).toBe(newCustomer);
});

test("knows a guest, who has a customer's record and no user", () => {
  const customer = { id: "7", user: null };
  expect(accepted(vendureOrder({ ...VENDURE_ORDER, customer })).order.customer.id).toBeUndefined();
});

test("takes a negative surcharge off the lines as a discount", () => {
  const surcharges = [{ id: "31", price: -1001 }];
  const mapped = accepted(vendureOrder({ ...VENDURE_ORDER, surcharges, subTotal: 9000 }));
  expect(mapped.order).toMatchObject({ subtotal: "90.00", orderDiscount: "10.01" });
  expect(mapped.findings).toMatchObject([{ code: "mapper.adjusted", path: "surcharges[0]" }]);
});

test("reads Vendure's own entity, whose prices are getters and whose relations may refuse", () => {
  class Line {
    quantity = 3;
    productVariant = { sku: "SCARF" };
    get proratedLinePrice() {
      return 6801;
    }
  }
  class Order {
    lines = [new Line(), HAT];
    get subTotal() {
      return 10_001;
    }
    get surcharges(): never {
      throw new Error("the relation is not joined");
    }
  }
  const entity = Object.assign(new Order(), { code: "VT1", state: "Shipped", currencyCode: "USD" });
  expect(accepted(vendureOrder(entity)).order).toMatchObject({
    subtotal: "100.01",
    products: [{ quantity: 3 }, { quantity: 1 }],
  });
});

test("goes by unit prices where the query asks for nothing else", () => {
  const lines = [{ ...SCARVES, proratedLinePrice: undefined }, HAT];
  expect(accepted(vendureOrder({ ...VENDURE_ORDER, lines })).order.subtotal).toBe("100.01");
});

test("maps an aggregate order, and no seller's order, whichever field shows that", () => {
  expect(vendureOrder({ ...VENDURE_ORDER, type: "Aggregate" }).status).toBe("mapped");
  for (const fields of [{ type: "Seller" }, { aggregateOrder: { code: "AGG-1" } }, { aggregateOrderId: 7 }]) {
    expect(vendureOrder({ ...VENDURE_ORDER, ...fields })).toMatchObject({ status: "unmappable" });
  }
});

test("calls a cart unpaid even where the shop's rule says paid", () => {
  expect(vendureOrder({ ...VENDURE_ORDER, state: "AddingItems" }, { isPaid: true })).toMatchObject({
    status: "unpaid",
  });
});
