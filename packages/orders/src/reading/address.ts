import type { JsonField } from "./json-field.ts";

type Routes = readonly [string, ...string[]];

/** Country and state of the first address that names a country. Two addresses are never mixed. */
export function countryAndState(
  addresses: readonly JsonField[],
  country: Routes,
  state: Routes,
): { readonly country?: string | undefined; readonly state?: string | undefined } {
  const address = addresses.find((candidate) => candidate.at(...country).text() !== undefined);
  return address ? { country: address.at(...country).text(), state: address.at(...state).text() } : {};
}
