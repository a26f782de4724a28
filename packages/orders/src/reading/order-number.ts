import type { JsonField } from "./json-field.ts";

/** A number from a field in which many shops keep the customer's or the cart's ID, with a finding that says so. */
export function uncertainNumber(field: JsonField, better: string): string | undefined {
  if (field.text() === undefined) return undefined;
  const message =
    "is used as the order number. If it names the customer or the cart, two orders count as one: " +
    `put the order's number into ${better}`;
  field.incomplete(message);
  return field.text();
}
