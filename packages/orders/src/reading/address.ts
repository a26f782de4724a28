import type { JsonField } from "./json-field.ts";
import type { PlatformOrder } from "./platform-order.ts";

/** The names of a field in an address; the first that holds a value counts. */
type Names = readonly [string, ...string[]];

/** Country, state and region of the first address that names a country. Two addresses are never mixed. */
export function buyersPlace(
  order: JsonField,
  addresses: readonly string[],
  country: Names,
  state: Names,
  region?: Names,
): Pick<PlatformOrder, "country" | "state" | "region"> {
  const found = addresses.map((route) => order.at(route));
  const address = found.find((one) => one.at(...country).text() !== undefined);
  if (!address) return {};
  const text = (names: Names) => address.at(...names).text();
  return { country: text(country), state: text(state), region: region && text(region) };
}
