import { type TrackingContext, unpackContext } from "@avantlink-s2s/core";
import { queryValue } from "@avantlink-s2s/core/adapter";
import type { JsonField } from "./json-field.ts";

/**
 * The shopper's context that the shop wrote into the order at checkout (`packContext`): into a record such as
 * Stripe's `metadata`, into a list of `{ name, value }` or `{ key, value }`, or as JSON into one field `avantlink`.
 */
export function packedContext(...places: readonly JsonField[]): TrackingContext {
  const contexts = places.map((place) => unpackContext(inOneField(recordOf(place))));
  // A denial in any place wins, also where a list has its name twice.
  const single = places.flatMap((place) =>
    pairsOf(place).map((pair) => unpackContext(inOneField(Object.fromEntries([pair])))),
  );
  return Object.assign({}, ...contexts, ...[...contexts, ...single].map(denialOf));
}

/** What of a context says that the shopper denied. */
export function denialOf({ consent, gpc }: TrackingContext): TrackingContext {
  return { ...(gpc && { gpc }), ...(consent === "denied" && { consent }) };
}

function inOneField(record: unknown): unknown {
  const json: unknown = typeof record === "object" && record !== null && Reflect.get(record, "avantlink");
  if (typeof json !== "string") return record;
  try {
    return JSON.parse(json);
  } catch {
    return record;
  }
}

/** A record, or the record that a list of `{ name, value }` or `{ key, value }` makes. */
export function recordOf(place: JsonField): unknown {
  return place.list() ? Object.fromEntries(pairsOf(place)) : place.value;
}

function pairsOf(place: JsonField): readonly (readonly [string, unknown])[] {
  return place.entries().map((entry) => [entry.at("name", "key").text() ?? "", entry.at("value").value]);
}

/** The click that a landing page's URL carries. */
export function clickOf(landingPage: string | undefined): TrackingContext {
  const url = landingPage ?? "";
  return { avad: queryValue(url, "avad"), googleClickId: queryValue(url, "gclid") };
}
