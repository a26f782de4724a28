import { magentoOrder } from "@avantlink-s2s/orders/magento";
import { expect, test } from "vitest";
import { allocate, sum } from "./carts.ts";
import { MAGENTO_ORDER } from "./fixtures/magento.ts";
import { accepted, describeMapper } from "./mapper-suite.ts";

const [ROPES] = MAGENTO_ORDER.items;

describeMapper("magentoOrder", {
  map: magentoOrder,
  fixture: MAGENTO_ORDER,
  order: {
    orderNumber: "000000061",
    currency: "GBP",
    subtotal: "117.00",
    couponCodes: ["FIRSTCLIMB"],
    customer: { newCustomer: true, country: "GB", state: "WLS", id: "14" },
    products: [
      { sku: "ROPE-60", unitPrice: "45.00", quantity: 2 },
      { sku: "HARNESS-M", unitPrice: "27.00", quantity: 1 },
    ],
  },
  unpaid: { state: "new", total_due: 145.4 },
  notMapped: [
    ["is only authorized", "unpaid", { total_due: 145.4 }],
    ["was canceled", "unpaid", { state: "canceled" }],
    ["was free and canceled", "unpaid", { state: "canceled", grand_total: 0 }],
    ["was refunded", "unpaid", { state: "closed" }],
    ["has no state", "unmappable", { state: undefined }],
    ["has no items", "unmappable", { items: undefined }],
    ["has an item without a total", "unmappable", { items: [{ ...ROPES, row_total: undefined }] }],
    ["is a quote", "unmappable", { increment_id: undefined }],
    ["is an invoice", "unmappable", { order_id: 61 }],
    ["is a list", "unmappable", { search_criteria: {} }],
  ],
  build: (cart) => {
    const scale = 10 ** cart.digits;
    const rate = cart.taxRate / 10_000;
    const net = (gross: number) => (cart.taxIncluded ? Math.round(gross / (1 + rate)) : gross);
    const after = cart.lines.map(({ unit, quantity, discount }) => unit * quantity - discount);
    const shares = allocate(cart.discount, after);
    const lines = cart.lines.map(({ sku, unit, quantity, discount }, index) => {
      const rowTotal = net(unit * quantity);
      const off = discount + (shares[index] ?? 0);
      // What the goods cost net after the discount, and what the compensation makes of Magento's own amounts.
      const paid = net(unit * quantity - off);
      return { sku, quantity, rowTotal, off, compensation: paid - rowTotal + off, paid };
    });
    return {
      document: {
        ...MAGENTO_ORDER,
        order_currency_code: cart.currency,
        items: lines.map(({ sku, quantity, rowTotal, off, compensation }, index) => ({
          item_id: index + 1,
          product_type: "simple",
          sku,
          qty_ordered: quantity,
          row_total: rowTotal / scale,
          discount_amount: off / scale,
          discount_tax_compensation_amount: compensation / scale,
        })),
        subtotal: sum(lines.map(({ rowTotal }) => rowTotal)) / scale,
        discount_amount: -(sum(lines.map(({ off }) => off)) + cart.shippingDiscount) / scale,
        shipping_discount_amount: cart.shippingDiscount / scale,
        discount_tax_compensation_amount: sum(lines.map(({ compensation }) => compensation)) / scale,
      },
      sold: lines.map(({ sku, quantity, paid }) => ({ sku, quantity, exact: paid })),
    };
  },
});

const BUNDLE = { item_id: 1, product_type: "bundle", sku: "KIT", qty_ordered: 1, row_total: 90 };
const PARTS = [
  { item_id: 2, parent_item_id: 1, product_type: "simple", sku: "HELMET", qty_ordered: 1, row_total: 60 },
  { item_id: 3, parent_item_id: 1, product_type: "simple", sku: "GLOVES", qty_ordered: 2, row_total: 30 },
];
const ofItems = (items: readonly object[]) =>
  accepted(magentoOrder({ ...MAGENTO_ORDER, items, subtotal: undefined })).order.products.map(
    ({ sku }) => sku,
  );

test("counts a bundle once: by its parts where they have prices, else as itself", () => {
  expect(ofItems([BUNDLE, ...PARTS])).toEqual(["HELMET", "GLOVES"]);
  const free = PARTS.map((part) => ({ ...part, row_total: 0 }));
  expect(ofItems([BUNDLE, ...free])).toEqual(["KIT"]);
});

test("keeps a part whose parent is not in the order, and leaves gift cards out", () => {
  const card = { ...ROPES, item_id: 9, product_type: "giftcard", sku: "GIFT" };
  expect(ofItems([...PARTS, card])).toEqual(["HELMET", "GLOVES"]);
});

test("counts a guest as nobody, and takes a country from the shipping address where billing has none", () => {
  const order = { ...MAGENTO_ORDER, customer_is_guest: 1, billing_address: {} };
  expect(accepted(magentoOrder(order)).order.customer).toEqual({ country: "GB" });
});

test("counts an order that a gift card or credit pays in full as paid, although Magento leaves it new", () => {
  const order = { ...MAGENTO_ORDER, state: "new", status: "pending", grand_total: 0 };
  expect(accepted(magentoOrder(order)).order.subtotal).toBe("117.00");
});
