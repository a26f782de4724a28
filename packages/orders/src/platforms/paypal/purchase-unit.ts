import type { JsonField } from "../../reading/json-field.ts";

/** Where an order stands in a webhook, and in the answer of PayPal's server SDK, which names the fields in camel case. */
export const ENVELOPES = ["resource", "result"];

/** The order's first unit; each further one is an order of its own. */
export function purchaseUnit(order: JsonField): JsonField {
  const units = order.at("purchase_units", "purchaseUnits");
  return units.list()?.[0] ?? units.at("0");
}
