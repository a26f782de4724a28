import type { JsonField } from "./json-field.ts";

/** Whether a count of the shopper's orders holds this order only. A count of 0 means that the query may not see them. */
export function isOnlyOrder(count: JsonField): boolean | undefined {
  const orders = count.amount();
  return orders?.gt(0) ? orders.eq(1) : undefined;
}
