import type { TrackingContext } from "@avantlink-s2s/core";
import { fieldsOf } from "../files/json-file.ts";

/** What a file says about the shopper's will, or what of it can be read one way or the other. */
export type Will =
  | { readonly ok: true; readonly will: Pick<TrackingContext, "consent" | "gpc"> }
  | { readonly ok: false; readonly field: string; readonly message: string };

/** The shopper's consent in a column of its own. */
export function willInText(text: string | undefined): Will {
  return willOf([text], []);
}

/**
 * The shopper's will in a line of JSON: in the context, plain or packed, or beside the order's fields, where a person
 * may put it as well. One refusal is enough.
 */
export function willInJson(value: unknown): Will {
  const { order, context, ...beside } = fieldsOf(value);
  const isThere = context !== undefined && context !== null;
  if (isThere && (typeof context !== "object" || Array.isArray(context))) {
    return { ok: false, field: "context", message: "is no object, so that it cannot tell of the consent" };
  }
  const places = [beside, fieldsOf(order), fieldsOf(context)];
  const packed = fieldsOf(context).avantlink_gpc;
  if (!isNothing(packed) && packed !== "1") return unclear("context.avantlink_gpc", "1");
  return willOf(
    [...places.map(({ consent }) => consent), fieldsOf(context).avantlink_consent],
    [...places.map(({ gpc }) => gpc), packed === "1"],
  );
}

function willOf(consents: readonly unknown[], signals: readonly unknown[]): Will {
  const said = consents
    .filter((value) => !isNothing(value))
    .map((value) => String(value).trim().toLowerCase());
  if (said.some((word) => word !== "granted" && word !== "denied")) {
    return unclear("consent", "granted or denied");
  }
  const shown = signals.filter((value) => !isNothing(value));
  // A text may be meant either way.
  if (shown.some((value) => typeof value !== "boolean")) return unclear("gpc", "true or false");
  return {
    ok: true,
    will: {
      ...(said.length > 0 && { consent: said.includes("denied") ? "denied" : "granted" }),
      ...(shown.includes(true) && { gpc: true }),
    },
  };
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}

function unclear(field: string, expected: string): Will {
  return { ok: false, field, message: `says neither yes nor no; expected ${expected}` };
}

/** Whether the shopper refused, by the shop's own banner or by the browser's signal. */
export function isDenied(context: TrackingContext | undefined): boolean {
  return context?.consent === "denied" || context?.gpc === true;
}
