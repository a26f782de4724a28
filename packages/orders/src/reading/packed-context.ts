import { type TrackingContext, unpackContext } from "@avantlink-s2s/core";
import type { JsonField } from "./json-field.ts";

/**
 * The shopper's context that the shop packed into the order at checkout (`packContext`): in a record such as
 * Stripe's `metadata`, or in a list of `{ name, value }` or `{ key, value }`.
 */
export function packedContext(...places: readonly JsonField[]): TrackingContext {
  return Object.assign({}, ...places.map((place) => unpackContext(record(place))));
}

function record(place: JsonField): unknown {
  if (!Array.isArray(place.value)) return place.value;
  const entries = place.list() ?? [];
  return Object.fromEntries(
    entries.map((entry) => [entry.at("name", "key").text() ?? "", entry.at("value").value]),
  );
}
