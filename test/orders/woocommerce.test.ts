import { wooCommerceOrder } from "@avantlink-s2s/orders/woocommerce";
import { expect, test } from "vitest";
import { allocate, major, sum, taxOn } from "./carts.ts";
import { PACKED_CONTEXT } from "./fixtures/shopper.ts";
import { WOOCOMMERCE_ORDER } from "./fixtures/woocommerce.ts";
import { accepted, describeMapper } from "./mapper-suite.ts";

const [MUGS] = WOOCOMMERCE_ORDER.line_items;

describeMapper("wooCommerceOrder", {
  map: wooCommerceOrder,
  fixture: WOOCOMMERCE_ORDER,
  order: {
    orderNumber: "SO-727",
    currency: "USD",
    subtotal: "41.67",
    couponCodes: ["welcome10"],
    customer: { newCustomer: true, country: "US", state: "CA", id: "26" },
    products: [
      { sku: "MUG", unitPrice: "8.33", quantity: 2 },
      { sku: "MUG", unitPrice: "8.34", quantity: 1 },
      { sku: "POSTER", unitPrice: "16.67", quantity: 1 },
    ],
  },
  context: PACKED_CONTEXT,
  unpaid: { status: "on-hold" },
  notMapped: [
    ["is on hold", "unpaid", { status: "on-hold" }],
    ["failed", "unpaid", { status: "failed" }],
    ["was refunded", "unpaid", { status: "refunded" }],
    ["has no status", "unmappable", { status: undefined }],
    ["has no lines", "unmappable", { line_items: undefined }],
    ["has a line without a total", "unmappable", { line_items: [{ ...MUGS, total: "" }] }],
    ["has no number", "unmappable", { number: "", id: undefined }],
  ],
  build: (cart) => {
    // WooCommerce keeps net prices, rounded line by line, whatever the shop's prices include.
    const net = (amount: number) => (cart.taxIncluded ? amount - taxOn(amount, cart) : amount);
    const after = cart.lines.map(({ unit, quantity, discount }) => unit * quantity - discount);
    const shares = allocate(cart.discount, after);
    const totals = after.map((amount, index) => net(amount - (shares[index] ?? 0)));
    const tax = totals.map((total) => taxOn(total, { ...cart, taxIncluded: false }));
    const write = (minor: number) => major(minor, cart.digits);
    return {
      document: {
        ...WOOCOMMERCE_ORDER,
        currency: cart.currency,
        line_items: cart.lines.map(({ sku, quantity }, index) => ({
          sku,
          quantity,
          total: write(totals[index] ?? 0),
        })),
        fee_lines: [],
        shipping_total: write(cart.shipping),
        total_tax: write(sum(tax)),
        total: write(sum(totals) + sum(tax) + cart.shipping),
      },
      sold: cart.lines.map(({ sku, quantity }, index) => ({ sku, quantity, exact: totals[index] ?? 0 })),
    };
  },
});

test("counts a guest as nobody, and no ping as an order", () => {
  expect(
    accepted(wooCommerceOrder({ ...WOOCOMMERCE_ORDER, customer_id: 0 })).order.customer.id,
  ).toBeUndefined();
  expect(wooCommerceOrder({ webhook_id: "5" })).toMatchObject({ status: "unmappable" });
});

test("takes a negative fee off the lines as a discount, and says so", () => {
  const fee_lines = [
    ...WOOCOMMERCE_ORDER.fee_lines,
    { id: 320, name: "Loyalty", total: "-4.17", total_tax: "0.00" },
  ];
  const mapped = accepted(wooCommerceOrder({ ...WOOCOMMERCE_ORDER, fee_lines, total: "54.79" }));
  expect(mapped.order.subtotal).toBe("37.50");
  // 25.00 − 2.50 and 16.67 − 1.67: the line that must be split has its share taken off first.
  expect(mapped.order.orderDiscount).toBeUndefined();
  expect(mapped.order.products).toEqual([
    { sku: "MUG", unitPrice: "7.50", quantity: 3 },
    { sku: "POSTER", unitPrice: "15.00", quantity: 1 },
  ]);
  expect(mapped.findings).toMatchObject([{ code: "mapper.adjusted", path: "fee_lines[1]" }]);
});

test("sends the variation's or product's ID for a line without a SKU, with one finding", () => {
  const [mugs, poster] = WOOCOMMERCE_ORDER.line_items;
  const line_items = [
    { ...mugs, sku: "", variation_id: 77 },
    { ...poster, sku: null, variation_id: 0 },
  ];
  const mapped = accepted(wooCommerceOrder({ ...WOOCOMMERCE_ORDER, line_items }));
  expect(new Set(mapped.order.products.map(({ sku }) => sku))).toEqual(new Set(["77", "22"]));
  expect(mapped.findings).toMatchObject([{ code: "mapper.incomplete", path: "line_items[0].sku" }]);
  expect(mapped.findings[0]?.message).toContain("on 2 of 2 lines");
});

test("sends half a kilogram as one item at the line's total", () => {
  const line_items = [{ ...MUGS, quantity: 0.5, sku: "TEA" }];
  const mapped = accepted(wooCommerceOrder({ ...WOOCOMMERCE_ORDER, line_items, total: undefined }));
  expect(mapped.order.products).toEqual([{ sku: "TEA", unitPrice: "25.00", quantity: 1 }]);
  expect(mapped.findings).toMatchObject([{ code: "mapper.adjusted", path: "line_items[0]" }]);
});

test("says by how much the order's total and its lines disagree", () => {
  const mapped = accepted(wooCommerceOrder({ ...WOOCOMMERCE_ORDER, total: "48.96" }));
  expect(mapped.order.subtotal).toBe("41.67");
  expect(mapped.findings).toMatchObject([{ code: "mapper.does-not-add-up", path: "total" }]);
  expect(mapped.findings[0]?.message).toContain("10.00 apart");
});

test("takes country and state from the shipping address where billing names no country", () => {
  const order = { ...WOOCOMMERCE_ORDER, billing: { ...WOOCOMMERCE_ORDER.billing, country: "" } };
  expect(accepted(wooCommerceOrder(order)).order.customer).toMatchObject({ country: "US", state: "NV" });
  const nowhere = { ...order, shipping: {} };
  expect(accepted(wooCommerceOrder(nowhere)).order.customer).toEqual({ id: "26" });
});

test("takes an order of a status of the shop's own as paid once it has a date of payment", () => {
  const own = { ...WOOCOMMERCE_ORDER, status: "in-production", date_paid: null };
  expect(wooCommerceOrder(own)).toMatchObject({ status: "unpaid", orderNumber: "SO-727" });
  expect(wooCommerceOrder({ ...own, date_paid: "2026-01-02T03:04:05" }).status).toBe("mapped");
  const refunded = { ...own, status: "refunded", date_paid: "2026-01-02T03:04:05" };
  expect(wooCommerceOrder(refunded, { isPaid: true })).toMatchObject({ status: "unpaid" });
});

test("takes neither address nor browser of an order that staff entered", () => {
  const order = { ...WOOCOMMERCE_ORDER, created_via: "admin", meta_data: [] };
  expect(accepted(wooCommerceOrder(order)).context).toBeUndefined();
});

test("maps the orders of a subscription, and not the subscription", () => {
  const subscription = { ...WOOCOMMERCE_ORDER, billing_period: "month", status: "active" };
  expect(wooCommerceOrder(subscription)).toMatchObject({ status: "unmappable" });
});

test("takes the number of an order of WooCommerce's older APIs", () => {
  const { number: _none, ...older } = WOOCOMMERCE_ORDER;
  expect(accepted(wooCommerceOrder({ ...older, order_number: 645 })).order.orderNumber).toBe("645");
});

test.each(["node", "WordPress/6.8; https://shop.example", undefined])(
  "takes neither address nor browser of an order that a storefront's server placed: %s",
  (customer_user_agent) => {
    const order = { ...WOOCOMMERCE_ORDER, created_via: "store-api", customer_user_agent, meta_data: [] };
    expect(accepted(wooCommerceOrder(order)).context).toBeUndefined();
  },
);

test("takes neither address nor browser beside what the shop packed", () => {
  const meta_data = [
    { key: "avantlink_version", value: "1" },
    { key: "avantlink_avad", value: "77_a" },
  ];
  const { context } = accepted(wooCommerceOrder({ ...WOOCOMMERCE_ORDER, meta_data }));
  expect(context).toEqual({ avad: "77_a" });
});
