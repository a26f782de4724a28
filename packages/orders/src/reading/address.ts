import type { JsonField } from "./json-field.ts";

type Routes = readonly [string, ...string[]];

/** Country, region and state of the first address that names a country. Two addresses are never mixed. */
export function buyersPlace(
  addresses: readonly JsonField[],
  country: Routes,
  state: Routes,
  region?: string,
): {
  readonly country?: string | undefined;
  readonly region?: string | undefined;
  readonly state?: string | undefined;
} {
  const address = addresses.find((candidate) => candidate.at(...country).text() !== undefined);
  if (!address) return {};
  return {
    country: address.at(...country).text(),
    state: address.at(...state).text(),
    ...(region === undefined ? {} : { region: address.at(region).text() }),
  };
}
