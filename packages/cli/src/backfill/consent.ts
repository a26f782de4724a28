import type { TrackingContext } from "@avantlink-s2s/core";
import { fieldsOf } from "../files/read-file.ts";
import { nearMiss } from "./near-miss.ts";

const READ: readonly string[] = ["consent", "gpc", "avantlink_consent", "avantlink_gpc"];
const OTHER_NAME =
  "may be the shopper's consent, but is not read. Name it consent (granted or denied) or gpc (true or false), or remove it";

/** What a file says about the shopper's consent, or where it can't be read as yes or no. */
export type StatedConsent =
  | { readonly status: "stated"; readonly stated: Pick<TrackingContext, "consent" | "gpc"> }
  | { readonly status: "unclear"; readonly field: string; readonly message: string };

/** The shopper's consent in a column of its own. */
export function consentInText(text: string | undefined): StatedConsent {
  return consentOf([text], []);
}

/**
 * The shopper's consent in a line of JSON: in the context, plain or packed, or beside the order's fields, where a person
 * may write it as well. One denial is enough.
 */
export function consentInJson(value: unknown): StatedConsent {
  const { order, context, ...beside } = fieldsOf(value);
  const isThere = context !== undefined && context !== null;
  if (isThere && (typeof context !== "object" || Array.isArray(context)))
    return { status: "unclear", field: "context", message: "is no object, so the consent in it is unknown" };
  if ("context" in fieldsOf(order))
    return { status: "unclear", field: "order.context", message: "is not read there. Put it beside order" };
  const places = [beside, fieldsOf(order), fieldsOf(context)];
  const other = places
    .flatMap(Object.keys)
    .find((name) => !READ.includes(name) && nearMiss(name) === "consent");
  if (other !== undefined) return { status: "unclear", field: other, message: OTHER_NAME };
  const packed = fieldsOf(context).avantlink_gpc;
  if (!isEmpty(packed) && packed !== "1") return unclear("context.avantlink_gpc", "1");
  return consentOf(
    [...places.map(({ consent }) => consent), fieldsOf(context).avantlink_consent],
    [...places.map(({ gpc }) => gpc), packed === "1"],
  );
}

function consentOf(consents: readonly unknown[], signals: readonly unknown[]): StatedConsent {
  const words = consents
    .filter((value) => !isEmpty(value))
    .map((value) => String(value).trim().toLowerCase());
  if (words.some((word) => word !== "granted" && word !== "denied"))
    return unclear("consent", "granted or denied");
  const given = signals.filter((value) => !isEmpty(value));
  // A text such as "0" could mean either.
  if (given.some((value) => typeof value !== "boolean")) return unclear("gpc", "true or false");
  return {
    status: "stated",
    stated: {
      ...(words.length > 0 && { consent: words.includes("denied") ? "denied" : "granted" }),
      ...(given.includes(true) && { gpc: true }),
    },
  };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}

function unclear(field: string, expected: string): StatedConsent {
  return { status: "unclear", field, message: `is neither yes nor no; expected ${expected}` };
}

/** Whether the shopper denied, by the shop's own banner or by the browser's signal. */
export function isDenied(context: TrackingContext | undefined): boolean {
  return context?.consent === "denied" || context?.gpc === true;
}
