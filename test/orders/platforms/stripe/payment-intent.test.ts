import { type StripeOptions, stripeOrder } from "@avantlink-s2s/orders/stripe";
import { expect, test } from "vitest";
import { major, sum } from "../../carts.ts";
import { PACKED, PACKED_CONTEXT, SHOPPER } from "../../fixtures/shopper.ts";
import { accepted, describeMapper } from "../../mapper-suite.ts";

/** Two bottles at $18.00 and a strap at $6.50 less $2.50, with $3.20 tax and $6.00 shipping: $47.20 in all. */
const INTENT = {
  id: "pi_1",
  object: "payment_intent",
  amount: 4720,
  amount_details: {
    discount_amount: null,
    line_items: {
      object: "list",
      has_more: false,
      data: [
        { id: "uli_1", product_code: "BOTTLE", product_name: "Bottle", quantity: 2, unit_cost: 1800 },
        {
          id: "uli_2",
          discount_amount: 250,
          product_code: "STRAP",
          product_name: "Strap",
          quantity: 1,
          unit_cost: 450 + 200,
        },
      ],
    },
    shipping: { amount: 400 },
    tax: { total_tax_amount: 320 },
  },
  amount_received: 4720,
  currency: "usd",
  customer: "cus_Flask1",
  livemode: true,
  metadata: { order_number: "R-3001", ...PACKED },
  receipt_email: SHOPPER.email,
  shipping: {
    address: { city: SHOPPER.city, country: "US", line1: SHOPPER.street, state: "ME" },
    name: SHOPPER.name,
  },
  status: "succeeded",
};

const ORDER = {
  orderNumber: "R-3001",
  currency: "USD",
  subtotal: "40.00",
  couponCodes: [],
  customer: { newCustomer: true, country: "US", state: "ME", id: "cus_Flask1" },
  products: [
    { sku: "BOTTLE", unitPrice: "18.00", quantity: 2 },
    { sku: "STRAP", unitPrice: "4.00", quantity: 1 },
  ],
};

describeMapper("stripeOrder of a PaymentIntent that has the lines", {
  map: stripeOrder,
  fixture: INTENT,
  order: ORDER,
  context: PACKED_CONTEXT,
  unpaid: { status: "requires_capture" },
  notMapped: [
    ["was canceled", "unpaid", { status: "canceled" }],
    ["is a test", "test", { livemode: false }],
    ["has no status", "unmappable", { status: undefined }],
    ["has no lines", "unmappable", { amount_details: {} }],
    ["pays an invoice", "unmappable", { invoice: "in_1" }],
  ],
  build: (cart) => {
    const lines = cart.lines.map(({ sku, unit, quantity, discount }) => ({ sku, quantity, unit, discount }));
    const goods = sum(lines.map(({ unit, quantity, discount }) => unit * quantity - discount));
    return {
      document: {
        ...INTENT,
        currency: cart.currency.toLowerCase(),
        amount_received: goods + cart.shipping,
        amount_details: {
          shipping: { amount: cart.shipping },
          line_items: {
            data: lines.map(({ sku, unit, quantity, discount }) => ({
              product_code: sku,
              quantity,
              unit_cost: unit,
              discount_amount: discount > 0 ? discount : null,
            })),
          },
        },
      },
      sold: lines.map(({ sku, unit, quantity, discount }) => ({
        sku,
        quantity,
        exact: unit * quantity - discount,
      })),
    };
  },
});

const BARE = { ...INTENT, amount_details: undefined };
const LINES = [
  { sku: "BOTTLE", unitPrice: "18.00", quantity: 2 },
  { sku: "STRAP", unitPrice: 6.5, quantity: 1 },
];

describeMapper("stripeOrder of a PaymentIntent with the shop's lines", {
  map: (intent, options) => stripeOrder(intent, { lines: LINES, orderDiscount: "2.50", ...options }),
  fixture: BARE,
  order: {
    ...ORDER,
    orderDiscount: "2.50",
    products: [LINES[0], { ...LINES[1], unitPrice: "6.50" }] as never,
  },
  context: PACKED_CONTEXT,
  unpaid: { status: "processing" },
  notMapped: [["was canceled", "unpaid", { status: "canceled" }]],
  build: (cart) => {
    const lines = cart.lines.map(({ sku, unit, quantity }) => ({
      sku,
      quantity,
      unitPrice: major(unit, cart.digits),
    }));
    const goods = sum(cart.lines.map(({ unit, quantity }) => unit * quantity));
    const taken = Math.floor((goods * cart.discountRate) / 10_000);
    const exact = (amount: number) => (goods === 0 ? 0 : amount - (taken * amount) / goods);
    return {
      document: {
        ...BARE,
        currency: cart.currency.toLowerCase(),
        amount_received: goods - taken + cart.shipping,
      },
      options: { lines, orderDiscount: major(taken, cart.digits) },
      sold: cart.lines.map(({ sku, quantity, unit }) => ({ sku, quantity, exact: exact(unit * quantity) })),
    };
  },
});

test("says so when the shop's lines come to more than was paid", () => {
  const options: StripeOptions = { lines: [{ sku: "BOTTLE", unitPrice: "50.00", quantity: 1 }] };
  const mapped = accepted(stripeOrder(BARE, options));
  expect(mapped.findings).toMatchObject([{ code: "mapper.does-not-add-up", path: "amount_received" }]);
});

test("takes the coupon codes that the shop gives, and no text that may name a person", () => {
  const options: StripeOptions = { lines: LINES, couponCodes: ["SPRING 20", "ann@shop.example"] };
  const mapped = accepted(stripeOrder(BARE, options));
  expect(mapped.order.couponCodes).toEqual(["SPRING 20"]);
  expect(mapped.findings).toMatchObject([{ code: "mapper.adjusted", path: "couponCodes[1]" }]);
});

test("takes the prices of the shop's lines as objects of a decimal library", () => {
  const lines = [{ sku: "BOTTLE", unitPrice: { toFixed: () => "18", toString: () => "18.00" }, quantity: 2 }];
  expect(accepted(stripeOrder(BARE, { lines })).order.subtotal).toBe("36.00");
});
