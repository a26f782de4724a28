import { toOrderPayload } from "@avantlink-s2s/core";
import { payPalOrder } from "@avantlink-s2s/orders/paypal";
import { expect, test } from "vitest";
import { major, sum } from "./carts.ts";
import { PAYPAL_ORDER } from "./fixtures/paypal.ts";
import { accepted, describeMapper } from "./mapper-suite.ts";

const [UNIT] = PAYPAL_ORDER.purchase_units;

function withUnit(changes: object) {
  return { purchase_units: [{ ...UNIT, ...changes }] };
}

describeMapper("payPalOrder", {
  map: payPalOrder,
  fixture: PAYPAL_ORDER,
  order: {
    orderNumber: "INV-881",
    currency: "USD",
    subtotal: "29.97",
    orderDiscount: "5.00",
    couponCodes: [],
    customer: { newCustomer: true, country: "US", state: "OR" },
    products: [
      { sku: "HONEY", unitPrice: "4.99", quantity: 3 },
      { sku: "BASKET", unitPrice: "20.00", quantity: 1 },
    ],
  },
  unpaid: { status: "APPROVED" },
  notMapped: [
    ["is only approved", "unpaid", { status: "APPROVED" }],
    ["has a pending capture", "unpaid", withUnit({ payments: { captures: [{ status: "PENDING" }] } })],
    [
      "is authorized and not captured",
      "unpaid",
      { intent: "AUTHORIZE", ...withUnit({ payments: { authorizations: [{}] } }) },
    ],
    [
      "is of the sandbox",
      "test",
      { links: [{ href: "https://api.sandbox.paypal.com/v2/checkout/orders/5O" }] },
    ],
    ["has no purchase units", "unmappable", { purchase_units: undefined }],
    ["has several purchase units", "unmappable", { purchase_units: [UNIT, UNIT] }],
    [
      "has neither items nor their total",
      "unmappable",
      withUnit({ items: undefined, amount: { currency_code: "USD", value: "39.72" } }),
    ],
    ["has an item without a price", "unmappable", withUnit({ items: [{ sku: "HONEY", quantity: "1" }] })],
  ],
  build: (cart) => {
    const write = (minor: number) => ({ currency_code: cart.currency, value: major(minor, cart.digits) });
    const total = sum(cart.lines.map(({ unit, quantity }) => unit * quantity));
    const discount = Math.min(total, cart.discount);
    return {
      document: {
        ...PAYPAL_ORDER,
        ...withUnit({
          amount: {
            ...write(total - discount + cart.shipping - cart.shippingDiscount),
            breakdown: {
              item_total: write(total),
              discount: write(discount),
              shipping: write(cart.shipping),
              shipping_discount: write(cart.shippingDiscount),
            },
          },
          items: cart.lines.map(({ sku, unit, quantity }) => ({
            sku,
            unit_amount: write(unit),
            quantity: String(quantity),
          })),
        }),
      },
      sold: cart.lines.map(({ sku, unit, quantity }) => ({
        sku,
        quantity,
        exact: total === 0 ? 0 : unit * quantity * (1 - discount / total),
      })),
    };
  },
});

test("spreads the order's discount over its items, to the cent", () => {
  const mapped = accepted(payPalOrder(PAYPAL_ORDER, { newCustomer: false }));
  const result = toOrderPayload(mapped.order);
  expect(result.ok && result.payload.order).toMatchObject({
    order_amount_subtotal: 29.97,
    products: [
      { product_sku: "HONEY", product_amount: 4.27, quantity: 1 },
      { product_sku: "HONEY", product_amount: 4.28, quantity: 2 },
      { product_sku: "BASKET", product_amount: 17.14, quantity: 1 },
    ],
  });
});

test("takes the order out of its webhook, and says when a webhook holds a capture", () => {
  const webhook = {
    event_type: "CHECKOUT.ORDER.COMPLETED",
    resource_type: "checkout-order",
    resource: PAYPAL_ORDER,
  };
  expect(accepted(payPalOrder(webhook)).order.orderNumber).toBe("INV-881");
  const capture = { event_type: "PAYMENT.CAPTURE.COMPLETED", resource: UNIT?.payments.captures[0] };
  const answer = payPalOrder(capture);
  expect(answer).toMatchObject({ status: "unmappable" });
  expect(answer.status === "mapped" ? [] : answer.issues).toMatchObject([
    { path: "resource.purchase_units" },
  ]);
});

test("takes the names of PayPal's own SDK", () => {
  const dollars = (value: string) => ({ currencyCode: "USD", value });
  const unit = {
    invoiceId: "INV-9",
    amount: { ...dollars("12.00"), breakdown: { itemTotal: dollars("10.00"), taxTotal: dollars("2.00") } },
    items: [{ sku: "JAM", quantity: "4", unitAmount: dollars("2.50") }],
    shipping: { address: { countryCode: "US", adminArea1: "OR" } },
    payments: { captures: [{ status: "COMPLETED" }] },
  };
  const mapped = accepted(payPalOrder({ result: { id: "1", status: "COMPLETED", purchaseUnits: [unit] } }));
  expect(mapped.order).toMatchObject({
    orderNumber: "INV-9",
    subtotal: "10.00",
    customer: { country: "US", state: "OR" },
  });
});

test("maps an order whose items PayPal does not have to its subtotal without lines", () => {
  const mapped = accepted(payPalOrder({ ...PAYPAL_ORDER, ...withUnit({ items: undefined }) }));
  expect(mapped.order).toMatchObject({ subtotal: "29.97", products: [] });
  expect(mapped.findings).toEqual([]);
  const result = toOrderPayload(mapped.order);
  expect(result.ok && result.payload.order.order_amount_subtotal).toBe(29.97);
  expect(result.ok && result.findings.map(({ code }) => code)).toContain("order.lines-missing");
});

test("says by how much the items' total and the items disagree", () => {
  const [honey] = UNIT?.items ?? [];
  const mapped = accepted(payPalOrder({ ...PAYPAL_ORDER, ...withUnit({ items: [honey] }) }));
  expect(mapped.order.subtotal).toBe("29.97");
  expect(mapped.findings).toMatchObject([{ code: "mapper.does-not-add-up" }]);
  expect(mapped.findings[0]?.message).toContain("20.00 apart");
});

test("counts without a breakdown what its items come to, and says when shipping or tax may be in the amount", () => {
  const amount = { currency_code: "USD", value: "34.97" };
  expect(accepted(payPalOrder({ ...PAYPAL_ORDER, ...withUnit({ amount }) })).findings).toEqual([]);
  const mapped = accepted(
    payPalOrder({ ...PAYPAL_ORDER, ...withUnit({ amount: { ...amount, value: "44.97" } }) }),
  );
  expect(mapped.order.subtotal).toBe("34.97");
  expect(mapped.findings).toMatchObject([
    { code: "mapper.does-not-add-up", path: "purchase_units[0].amount.value" },
  ]);
});

test("takes the country of the payment's billing address where nothing is shipped", () => {
  const [unit] = PAYPAL_ORDER.purchase_units;
  const billing_address = { country_code: "CA", admin_area_1: "QC" };
  const order = {
    ...PAYPAL_ORDER,
    purchase_units: [{ ...unit, shipping: undefined }],
    payer: undefined,
    payment_source: { card: { billing_address } },
  };
  expect(accepted(payPalOrder(order)).order.customer).toMatchObject({ country: "CA", state: "QC" });
});

test("does not take a payment of PayPal's first API, a capture or an authorization for an order", () => {
  for (const object of [
    { id: "PAY-1", intent: "sale", state: "approved", transactions: [] },
    { id: "3C1", status: "COMPLETED", amount: { value: "1.00" }, final_capture: true },
    { event_type: "PAYMENT.AUTHORIZATION.CREATED", resource: { id: "0A1", status: "CREATED" } },
  ]) {
    expect(payPalOrder(object)).toMatchObject({ status: "unmappable" });
  }
});
