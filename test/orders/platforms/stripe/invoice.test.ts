import { type StripeOptions, stripeOrder } from "@avantlink-s2s/orders/stripe";
import { expect, test } from "vitest";
import { allocate, sum, taxOn } from "../../carts.ts";
import { PACKED, PACKED_CONTEXT, SHOPPER } from "../../fixtures/shopper.ts";
import { accepted, describeMapper } from "../../mapper-suite.ts";

const ADDRESS = { city: SHOPPER.city, country: "US", line1: SHOPPER.street, state: "VT" };

/**
 * A subscription's first invoice, with 10 % off by the code FIRSTBOX and 6 % tax on top. A box at $40.00 less $4.00 is
 * $36.00; two refills at $7.50 are $15.00, less $1.50 is $13.50. Shipping is $5.00 with $0.30 tax.
 */
const INVOICE = {
  id: "in_1",
  object: "invoice",
  billing_reason: "subscription_create",
  currency: "usd",
  customer: "cus_Box1",
  customer_address: ADDRESS,
  customer_email: SHOPPER.email,
  customer_name: SHOPPER.name,
  customer_phone: SHOPPER.phone,
  discounts: [{ id: "di_1", object: "discount", promotion_code: { id: "promo_1", code: "FIRSTBOX" } }],
  lines: {
    object: "list",
    has_more: false,
    data: [
      {
        id: "il_1",
        object: "line_item",
        amount: 4000,
        currency: "usd",
        discount_amounts: [{ amount: 400, discount: "di_1" }],
        pricing: { price_details: { price: "price_box", product: "prod_box" }, type: "price_details" },
        price: { id: "price_box", lookup_key: "BOX-MONTHLY", metadata: {} },
        quantity: 1,
        taxes: [{ amount: 216, tax_behavior: "exclusive" }],
      },
      {
        id: "il_2",
        object: "line_item",
        amount: 1500,
        currency: "usd",
        discount_amounts: [{ amount: 150, discount: "di_1" }],
        price: { id: "price_refill", lookup_key: null, metadata: { sku: "REFILL" } },
        quantity: 2,
        taxes: [{ amount: 81, tax_behavior: "exclusive" }],
      },
    ],
  },
  livemode: true,
  metadata: {},
  number: "BOX1-0001",
  parent: { subscription_details: { metadata: PACKED, subscription: "sub_1" } },
  shipping_cost: { amount_subtotal: 500, amount_tax: 30, amount_total: 530 },
  status: "paid",
  subtotal: 5500,
  total: 5777,
  total_discount_amounts: [{ amount: 550, discount: "di_1" }],
  total_excluding_tax: 5450,
};
const [BOX] = INVOICE.lines.data;

describeMapper("stripeOrder of an invoice", {
  map: stripeOrder,
  fixture: INVOICE,
  order: {
    orderNumber: "BOX1-0001",
    currency: "USD",
    subtotal: "49.50",
    couponCodes: ["FIRSTBOX"],
    customer: { newCustomer: true, country: "US", state: "VT", id: "cus_Box1" },
    products: [
      { sku: "BOX-MONTHLY", unitPrice: "36.00", quantity: 1 },
      { sku: "REFILL", unitPrice: "6.75", quantity: 2 },
    ],
  },
  context: PACKED_CONTEXT,
  unpaid: { status: "open" },
  notMapped: [
    ["is a draft", "unpaid", { status: "draft" }],
    ["was voided", "unpaid", { status: "void" }],
    ["is a test", "test", { livemode: false }],
    ["has no status", "unmappable", { status: undefined }],
    ["has no lines", "unmappable", { lines: undefined }],
    ["has more lines elsewhere", "unmappable", { lines: { ...INVOICE.lines, has_more: true } }],
    ["has a line with half a cent", "unmappable", { lines: { data: [{ ...BOX, amount: 0.5 }] } }],
  ],
  build: (cart) => {
    // Stripe has its own decimals for these currencies, which are also ISO's.
    const after = cart.lines.map(({ unit, quantity, discount }) => unit * quantity - discount);
    const shares = allocate(cart.discount, after);
    const lines = cart.lines.map(({ sku, unit, quantity, discount }, index) => {
      const off = discount + (shares[index] ?? 0);
      const tax = taxOn(unit * quantity - off, cart);
      return {
        sku,
        quantity,
        amount: unit * quantity,
        off,
        tax,
        net: unit * quantity - off - (cart.taxIncluded ? tax : 0),
      };
    });
    return {
      document: {
        ...INVOICE,
        currency: cart.currency.toLowerCase(),
        lines: {
          data: lines.map(({ sku, quantity, amount, off, tax }) => ({
            amount,
            quantity,
            price: { id: "price_1", metadata: { sku } },
            discount_amounts: off > 0 ? [{ amount: off, discount: "di_1" }] : [],
            tax_amounts: tax > 0 ? [{ amount: tax, inclusive: cart.taxIncluded }] : [],
          })),
        },
        shipping_cost: { amount_subtotal: cart.shipping, amount_tax: 0, amount_total: cart.shipping },
        total_excluding_tax: sum(lines.map(({ net }) => net)) + cart.shipping,
      },
      sold: lines.map(({ sku, quantity, net }) => ({ sku, quantity, exact: net })),
    };
  },
});

const RENEWAL = { ...INVOICE, id: "in_2", number: "BOX1-0002", billing_reason: "subscription_cycle" };

test("skips a subscription's renewals unless the shop sends them, each by its invoice's number", () => {
  expect(stripeOrder(RENEWAL)).toMatchObject({ status: "renewal", orderNumber: "BOX1-0002" });
  const send: StripeOptions = { renewals: "send" };
  expect(accepted(stripeOrder(RENEWAL, send)).order.orderNumber).toBe("BOX1-0002");
  expect(stripeOrder({ ...RENEWAL, status: "open" }, send)).toMatchObject({ status: "unpaid" });
});

test("gives the first invoice the number that the checkout gave the subscription, and a renewal its own", () => {
  const metadata = { order_number: "R-77", ...PACKED };
  const parent = { subscription_details: { metadata } };
  expect(accepted(stripeOrder({ ...INVOICE, parent })).order.orderNumber).toBe("R-77");
  const renewal = accepted(stripeOrder({ ...RENEWAL, parent }, { renewals: "send" }));
  expect(renewal.order.orderNumber).toBe("BOX1-0002");
});

test("takes a negative line of a changed subscription as a discount on the others", () => {
  const credit = { ...BOX, id: "il_0", amount: -1000, discount_amounts: [], taxes: [] };
  const lines = { data: [credit, ...INVOICE.lines.data] };
  const mapped = accepted(stripeOrder({ ...INVOICE, lines, total_excluding_tax: 4450 }));
  expect(mapped.order.subtotal).toBe("39.50");
  expect(mapped.findings.filter(({ code }) => code === "mapper.does-not-add-up")).toEqual([]);
});

test("names the price that has no SKU, of which a newer API version gives the ID only", () => {
  const [, refill] = INVOICE.lines.data;
  const line = { ...BOX, price: undefined };
  const mapped = accepted(stripeOrder({ ...INVOICE, lines: { data: [line, refill] } }));
  expect(mapped.order.products[0]?.sku).toBe("price_box");
  expect(mapped.findings).toMatchObject([{ code: "mapper.incomplete" }]);
});

test("keeps the shopper's denial, whichever metadata has it", () => {
  const denied = { ...PACKED, avantlink_consent: "denied", avantlink_gpc: "1" };
  const granted = { ...PACKED, avantlink_consent: "granted" };
  for (const [metadata, ofSubscription] of [
    [denied, granted],
    [granted, denied],
  ]) {
    const parent = { subscription_details: { metadata: ofSubscription } };
    const { context } = accepted(stripeOrder({ ...INVOICE, metadata, parent }));
    expect(context).toMatchObject({ consent: "denied", gpc: true });
  }
});

test("names the call that lists all lines where the invoice holds the first ten", () => {
  const answer = stripeOrder({ ...INVOICE, lines: { ...INVOICE.lines, has_more: true } });
  expect(answer.status === "mapped" ? [] : answer.issues).toEqual([
    {
      path: "lines.has_more",
      message: expect.stringContaining("invoices.listLineItems(id, { limit: 100 })"),
    },
  ]);
});
