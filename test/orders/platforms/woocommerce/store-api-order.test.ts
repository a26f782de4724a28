import { wooCommerceOrder } from "@avantlink-s2s/orders/woocommerce";
import { expect, test } from "vitest";
import { allocate, sum, taxOn } from "../../carts.ts";
import { SHOPPER } from "../../fixtures/shopper.ts";
import { accepted, describeMapper } from "../../mapper-suite.ts";

const CURRENCY = { currency_code: "EUR", currency_minor_unit: 2, currency_symbol: "€" };
const ADDRESS = {
  first_name: SHOPPER.firstName,
  last_name: SHOPPER.lastName,
  address_1: SHOPPER.street,
  city: SHOPPER.city,
  country: "IE",
  state: "D",
};

/**
 * An order with the coupon hello (10 % off), 23 % VAT and shipping. Three candles for €27.00 less €2.70 are €24.30; a
 * stand at €15.00 less €1.50 is €13.50. `prices.price` is what the product costs today.
 */
const ORDER = {
  id: 812,
  status: "processing",
  items: [
    {
      id: 31,
      key: "wc_order_1",
      name: "Candle",
      prices: { price: "1200", ...CURRENCY },
      quantity: 3,
      sku: "CANDLE",
      totals: {
        line_subtotal: "2700",
        line_subtotal_tax: "621",
        line_total: "2430",
        line_total_tax: "559",
        ...CURRENCY,
      },
    },
    {
      id: 32,
      key: "wc_order_1",
      name: "Stand",
      prices: { price: "1500", ...CURRENCY },
      quantity: 1,
      sku: "STAND",
      totals: {
        line_subtotal: "1500",
        line_subtotal_tax: "345",
        line_total: "1350",
        line_total_tax: "311",
        ...CURRENCY,
      },
    },
  ],
  coupons: [{ code: "hello", discount_type: "percent", totals: { total_discount: "420", ...CURRENCY } }],
  fees: [{ key: 41, name: "Gift wrap", totals: { total: "200", total_tax: "46", ...CURRENCY } }],
  totals: {
    subtotal: "4200",
    total_discount: "420",
    total_fees: "200",
    total_items: "3780",
    total_price: "5442",
    total_shipping: "450",
    total_tax: "1012",
    ...CURRENCY,
  },
  billing_address: { ...ADDRESS, email: SHOPPER.email, phone: SHOPPER.phone },
  shipping_address: ADDRESS,
};
const [CANDLES] = ORDER.items;

describeMapper("wooCommerceOrder of the Store API", {
  map: wooCommerceOrder,
  fixture: ORDER,
  order: {
    orderNumber: "812",
    currency: "EUR",
    subtotal: "37.80",
    couponCodes: ["hello"],
    customer: { newCustomer: true, country: "IE", state: "D" },
    products: [
      { sku: "CANDLE", unitPrice: "8.10", quantity: 3 },
      { sku: "STAND", unitPrice: "13.50", quantity: 1 },
    ],
  },
  unpaid: { status: "pending" },
  notMapped: [
    ["is a draft of the checkout", "unpaid", { status: "checkout-draft" }],
    ["has no status", "unmappable", { status: undefined }],
    [
      "does not say how many decimals its amounts have",
      "unmappable",
      { totals: { currency_code: "EUR" }, items: [{ ...CANDLES, totals: { line_total: "2430" } }] },
    ],
    ["has a line without a total", "unmappable", { items: [{ ...CANDLES, totals: {} }] }],
  ],
  build: (cart) => {
    const net = (amount: number) => (cart.taxIncluded ? amount - taxOn(amount, cart) : amount);
    const after = cart.lines.map(({ unit, quantity, discount }) => unit * quantity - discount);
    const shares = allocate(cart.discount, after);
    const totals = after.map((amount, index) => net(amount - (shares[index] ?? 0)));
    const tax = sum(totals.map((total) => taxOn(total, { ...cart, taxIncluded: false })));
    // WooCommerce writes the order's own totals in hundredths, whatever the currency.
    const hundredths = (minor: number) => String(Math.round((minor * 100) / 10 ** cart.digits));
    return {
      document: {
        ...ORDER,
        fees: [],
        items: cart.lines.map(({ sku, quantity }, index) => ({
          sku,
          quantity,
          totals: { line_total: String(totals[index] ?? 0) },
        })),
        totals: {
          currency_code: cart.currency,
          currency_minor_unit: cart.digits,
          total_price: hundredths(sum(totals) + tax + cart.shipping),
          total_shipping: hundredths(cart.shipping),
          total_tax: hundredths(tax),
        },
      },
      sold: cart.lines.map(({ sku, quantity }, index) => ({ sku, quantity, exact: totals[index] ?? 0 })),
    };
  },
});

test("takes a negative fee off the lines, and leaves a positive one out", () => {
  const fees = [...ORDER.fees, { key: 42, name: "Loyalty", totals: { total: "-378", ...CURRENCY } }];
  const totals = { ...ORDER.totals, total_price: "5064" };
  const mapped = accepted(wooCommerceOrder({ ...ORDER, fees, totals }));
  expect(mapped.order.subtotal).toBe("34.02");
  expect(mapped.findings).toMatchObject([{ code: "mapper.adjusted", path: "fees[1]" }]);
});

test("takes the currency of the first line where the order's totals have none", () => {
  const { currency_code, currency_minor_unit, currency_symbol, ...totals } = ORDER.totals;
  expect(accepted(wooCommerceOrder({ ...ORDER, totals })).order).toMatchObject({
    currency: "EUR",
    subtotal: "37.80",
  });
});
