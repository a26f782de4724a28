import { saleorOrder } from "@avantlink-s2s/orders/saleor";
import { expect, test } from "vitest";
import { allocate, sum, taxOn } from "./carts.ts";
import { SALEOR_ORDER, SALEOR_WEBHOOK } from "./fixtures/saleor.ts";
import { PACKED_CONTEXT } from "./fixtures/shopper.ts";
import { accepted, describeMapper } from "./mapper-suite.ts";

const [TEAS, POT] = SALEOR_ORDER.lines;

const ORDER = {
  orderNumber: "4188",
  currency: "PLN",
  subtotal: "157.84",
  couponCodes: ["HERBATA"],
  customer: { newCustomer: true, country: "PL", state: "Mazowieckie", id: "VXNlcjo3" },
  products: [
    { sku: "TEA-100", unitPrice: "20.50", quantity: 3 },
    { sku: "POT", unitPrice: "96.34", quantity: 1 },
  ],
};

describeMapper("saleorOrder", {
  map: saleorOrder,
  fixture: SALEOR_ORDER,
  order: ORDER,
  context: PACKED_CONTEXT,
  unpaid: { isPaid: false },
  notMapped: [
    ["is not paid", "unpaid", { isPaid: false }],
    ["is charged in part", "unpaid", { isPaid: undefined, chargeStatus: "PARTIAL" }],
    ["is a draft", "unpaid", { status: "DRAFT" }],
    ["does not say whether it is paid", "unmappable", { isPaid: undefined }],
    ["has no lines", "unmappable", { lines: undefined }],
    ["has a line without prices", "unmappable", { lines: [{ productSku: "POT", quantity: 1 }] }],
  ],
  build: (cart) => {
    const scale = 10 ** cart.digits;
    const net = (amount: number) => (cart.taxIncluded ? amount - taxOn(amount, cart) : amount);
    const after = cart.lines.map(({ unit, quantity, discount }) => unit * quantity - discount);
    const shares = allocate(cart.discount, after);
    const nets = after.map((amount, index) => net(amount - (shares[index] ?? 0)));
    const money = (minor: number) => ({ net: { amount: minor / scale, currency: cart.currency } });
    const giftCard = {
      productSku: "GIFT",
      quantity: 1,
      totalPrice: money(cart.giftCard ?? 0),
      variant: { product: { productType: { kind: "GIFT_CARD" } } },
    };
    const lines = cart.lines.map(({ sku, quantity }, index) => ({
      productSku: sku,
      quantity,
      totalPrice: money(nets[index] ?? 0),
    }));
    return {
      document: {
        ...SALEOR_ORDER,
        lines: cart.giftCard === undefined ? lines : [...lines, giftCard],
        subtotal: money(sum(nets) + (cart.giftCard ?? 0)),
      },
      sold: cart.lines.map(({ sku, quantity }, index) => ({ sku, quantity, exact: nets[index] ?? 0 })),
    };
  },
});

test("maps the body of a webhook without a query to the same", () => {
  const mapped = accepted(saleorOrder(SALEOR_WEBHOOK, { newCustomer: true }));
  expect(mapped.order).toEqual({ ...ORDER, customer: { ...ORDER.customer, id: undefined } });
  expect(mapped.findings).toEqual([]);
  expect(mapped.context).toEqual(PACKED_CONTEXT);
  const [order] = SALEOR_WEBHOOK;
  expect(saleorOrder([{ ...order, payments: [{ charge_status: "pending" }] }])).toMatchObject({
    status: "unpaid",
  });
});

test.each([
  [{ order: SALEOR_ORDER }],
  [{ event: { order: SALEOR_ORDER } }],
  [{ data: { order: SALEOR_ORDER } }],
  [{ data: { event: { order: SALEOR_ORDER } } }],
])("takes the order out of a subscription's or a query's answer", (document) => {
  expect(accepted(saleorOrder(document)).order).toEqual(ORDER);
});

test.each([
  [1, true],
  [4, false],
  [0, undefined],
])("knows by %d orders in all whether the customer is new: %s", (totalCount, newCustomer) => {
  const order = { ...SALEOR_ORDER, user: { id: "VXNlcjo3", orders: { totalCount } } };
  expect(accepted(saleorOrder(order)).order.customer.newCustomer).toBe(newCustomer);
});

test("leaves the question of the new customer open where the query does not ask", () => {
  expect(accepted(saleorOrder({ ...SALEOR_ORDER, user: null })).order.customer).toEqual({
    country: "PL",
    state: "Mazowieckie",
  });
});

test("goes by unit prices where the query asks for nothing else", () => {
  const lines = [TEAS, POT].map((line) => ({ ...line, totalPrice: undefined }));
  expect(accepted(saleorOrder({ ...SALEOR_ORDER, lines })).order.products).toEqual(ORDER.products);
});

test("keeps the order's subtotal where the lines disagree, and says by how much", () => {
  const mapped = accepted(saleorOrder({ ...SALEOR_ORDER, lines: [TEAS] }));
  expect(mapped.order.subtotal).toBe("157.84");
  expect(mapped.findings).toMatchObject([{ code: "mapper.does-not-add-up", path: "subtotal.net.amount" }]);
  expect(mapped.findings[0]?.message).toContain("96.34 apart");
});

test.each([
  [{ isPaid: undefined, paymentStatus: "FULLY_CHARGED" }, "mapped"],
  [{ isPaid: undefined, paymentStatus: "PARTIALLY_REFUNDED" }, "mapped"],
  [{ isPaid: undefined, paymentStatus: "NOT_CHARGED" }, "unpaid"],
  [{ isPaid: undefined, chargeStatus: "OVERCHARGED" }, "mapped"],
  [{ isPaid: undefined, chargeStatus: "PARTIAL" }, "unpaid"],
])("goes by %j", (payment, expected) => {
  expect(saleorOrder({ ...SALEOR_ORDER, ...payment }).status).toBe(expected);
});
