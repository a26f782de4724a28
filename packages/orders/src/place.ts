import type { Field } from "./field.ts";

type Routes = readonly [string, ...string[]];

/** Country and state of the first address that names a country: billing before shipping, never mixed. */
export function place(
  addresses: readonly Field[],
  country: Routes,
  state: Routes,
): { readonly country?: string | undefined; readonly state?: string | undefined } {
  const address = addresses.find((candidate) => candidate.at(...country).text() !== undefined);
  return address ? { country: address.at(...country).text(), state: address.at(...state).text() } : {};
}
