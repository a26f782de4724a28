import type { JsonField } from "./json-field.ts";

/** The names of a field in an address; the first that holds a value counts. */
type Names = readonly [string, ...string[]];

/** Country and state of the first address that names a country. Two addresses are never mixed. */
export function buyersPlace(
  order: JsonField,
  addresses: readonly string[],
  country: Names,
  state: Names,
): { readonly country?: string | undefined; readonly state?: string | undefined } {
  const address = buyersAddress(order, addresses, country);
  return address ? { country: address.at(...country).text(), state: address.at(...state).text() } : {};
}

export function buyersAddress(
  order: JsonField,
  addresses: readonly string[],
  country: Names,
): JsonField | undefined {
  const found = addresses.map((route) => order.at(route));
  return found.find((address) => address.at(...country).text() !== undefined);
}
