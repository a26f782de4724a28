import { medusaOrder } from "@avantlink-s2s/orders/medusa";
import { expect, test } from "vitest";
import { allocate } from "../../carts.ts";
import { PACKED, PACKED_CONTEXT, SHOPPER } from "../../fixtures/shopper.ts";
import { accepted, describeMapper } from "../../mapper-suite.ts";

/** Three socks at $9.00 less $2.70 are $24.30; a hat at $22.00 less $2.20 is $19.80. Amounts are in cents. */
const ORDER = {
  id: "order_1",
  status: "pending",
  payment_status: "captured",
  display_id: 44,
  currency_code: "usd",
  customer_id: "cus_1",
  email: SHOPPER.email,
  metadata: PACKED,
  billing_address: {
    first_name: SHOPPER.firstName,
    last_name: SHOPPER.lastName,
    address_1: SHOPPER.street,
    country_code: "us",
    province: "MT",
  },
  discounts: [{ code: "WARM10" }],
  gift_cards: [],
  items: [
    {
      id: "item_1",
      allow_discounts: true,
      is_giftcard: false,
      quantity: 3,
      unit_price: 900,
      variant: { id: "variant_1", sku: "SOCKS" },
      subtotal: 2700,
      discount_total: 270,
      tax_total: 170,
      total: 2600,
    },
    {
      id: "item_2",
      allow_discounts: true,
      is_giftcard: false,
      quantity: 1,
      unit_price: 2200,
      variant: { id: "variant_2", sku: "HAT" },
      subtotal: 2200,
      discount_total: 220,
      tax_total: 139,
      total: 2119,
    },
  ],
};
const [SOCKS] = ORDER.items;

describeMapper("medusaOrder of Medusa 1", {
  map: medusaOrder,
  fixture: ORDER,
  order: {
    orderNumber: "44",
    currency: "USD",
    subtotal: "44.10",
    couponCodes: ["WARM10"],
    customer: { newCustomer: true, country: "us", state: "MT", id: "cus_1" },
    products: [
      { sku: "SOCKS", unitPrice: "8.10", quantity: 3 },
      { sku: "HAT", unitPrice: "19.80", quantity: 1 },
    ],
  },
  context: PACKED_CONTEXT,
  unpaid: { payment_status: "awaiting" },
  notMapped: [
    ["was canceled", "unpaid", { status: "canceled" }],
    ["has no payment status", "unmappable", { payment_status: undefined }],
    ["has no items", "unmappable", { items: undefined }],
    ["has an item without its totals", "unmappable", { items: [{ ...SOCKS, subtotal: undefined }] }],
  ],
  build: (cart) => {
    const after = cart.lines.map(({ unit, quantity, discount }) => unit * quantity - discount);
    const shares = allocate(cart.discount, after);
    // Medusa 1 has hundredths for every currency with decimals.
    const unit = cart.digits === 0 ? 1 : 100 / 10 ** cart.digits;
    return {
      document: {
        ...ORDER,
        currency_code: cart.currency.toLowerCase(),
        items: cart.lines.map((line, index) => ({
          allow_discounts: true,
          quantity: line.quantity,
          variant: { sku: line.sku },
          subtotal: line.unit * line.quantity * unit,
          discount_total: (line.discount + (shares[index] ?? 0)) * unit,
        })),
      },
      sold: cart.lines.map(({ sku, quantity }, index) => ({
        sku,
        quantity,
        exact: (after[index] ?? 0) - (shares[index] ?? 0),
      })),
    };
  },
});

test("knows Medusa 2 by its own fields, whatever else an order holds", () => {
  const v2 = {
    ...ORDER,
    version: 1,
    items: [{ variant_sku: "HAT", quantity: 1, subtotal: 22, discount_subtotal: 0 }],
  };
  expect(accepted(medusaOrder(v2)).order.subtotal).toBe("22.00");
});
