/** Columns that describe the order. They stand in each row of the order, or in one of the rows. */
export const ORDER_COLUMNS = [
  "order_number",
  "currency",
  "subtotal",
  "order_discount",
  "coupon_codes",
  "new_customer",
  "country",
  "region",
  "state",
  "customer_id",
  "avad",
  "visitor_id",
  "user_id",
  "current_url",
  "referrer_url",
  "user_agent",
  "ip_address",
  "google_click_id",
  "custom_tracking_code",
  "consent",
] as const;

/** Columns that describe an item. */
export const LINE_COLUMNS = ["sku", "unit_price", "quantity"] as const;

export const KNOWN_COLUMNS = [...ORDER_COLUMNS, ...LINE_COLUMNS] as const;

/** A title without what does not matter in it: case, blanks and hyphens. */
export function plainTitle(title: string): string {
  return title
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
}

export type Column = (typeof KNOWN_COLUMNS)[number];
