import type { JsonField } from "../../reading/json-field.ts";

/** Inside Medusa an amount may be one of its own big numbers, which have the exact decimal beside the double. */
export function exactly(field: JsonField): JsonField {
  return typeof field.value === "object" ? field.at("raw_.value", "value", "numeric_", "numeric") : field;
}
