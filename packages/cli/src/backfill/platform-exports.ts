import type { Column } from "./column-names.ts";

/** Columns that only decide whether a platform's order can be sent. */
export type PlatformColumn = "status" | "canceled_at" | "total" | "shipping" | "taxes";

/** The cells of an order that have a meaning, by column. */
export type OrderCells = Readonly<Partial<Record<Column | PlatformColumn, string>>>;

/** The order export that a platform offers by itself. */
export interface PlatformExport {
  readonly name: string;
  /** Titles that no other file has together. */
  readonly signs: readonly string[];
  readonly columns: Readonly<Record<string, Column | PlatformColumn>>;
  readonly isPaid: (order: OrderCells) => boolean;
  /** Why an order of this export can't be sent. */
  readonly fault: (order: OrderCells) => string | undefined;
}

const SHOPIFY: PlatformExport = {
  name: "Shopify",
  signs: ["Name", "Financial Status", "Lineitem price", "Lineitem quantity"],
  columns: {
    Name: "order_number",
    "Financial Status": "status",
    "Cancelled at": "canceled_at",
    Currency: "currency",
    Subtotal: "subtotal",
    Shipping: "shipping",
    Taxes: "taxes",
    Total: "total",
    "Discount Code": "coupon_codes",
    "Discount Amount": "order_discount",
    "Lineitem quantity": "quantity",
    "Lineitem price": "unit_price",
    "Lineitem sku": "sku",
    "Billing Province": "state",
    "Billing Country": "country",
  },
  isPaid: ({ status = "", canceled_at = "" }) =>
    canceled_at === "" && /^(?:paid|partially_refunded)$/i.test(status),
  fault({ subtotal, shipping = "0", taxes = "0", total }) {
    const beside = Number(total) - Number(subtotal) - Number(shipping);
    // A tip or duties would hide that the tax is in the prices.
    if (!(Number(taxes) > 0) || Math.abs(beside - Number(taxes)) < 0.005) return undefined;
    return "may have prices with tax, because Total is not Subtotal + Shipping + Taxes; the export does not say how much of each price is tax. Map the orders of Shopify's API with shopifyOrder (@avantlink-s2s/orders) instead";
  },
};

const WOOCOMMERCE: PlatformExport = {
  name: "WooCommerce",
  signs: ["Order #", "Status", "Customer type", "Items sold"],
  columns: {
    "Order #": "order_number",
    Status: "status",
    "Customer type": "new_customer",
    "Coupon(s)": "coupon_codes",
    "Net sales": "subtotal",
    "Net Sales": "subtotal",
    "N. Revenue": "subtotal",
  },
  isPaid: ({ status = "" }) => /^(?:processing|completed)$/i.test(status),
  fault: () => undefined,
};

/** The platform whose own export has such a header. */
export function platformOf(header: readonly string[]): PlatformExport | undefined {
  const titles = new Set(header.map((title) => title.toLowerCase()));
  return [SHOPIFY, WOOCOMMERCE].find(({ signs }) => signs.every((sign) => titles.has(sign.toLowerCase())));
}
