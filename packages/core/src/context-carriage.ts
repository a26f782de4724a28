import { LONGEST_ID } from "./avad.ts";
import { wireIds } from "./click-payload.ts";
import type { TrackingContext } from "./context.ts";
import { cutText, tidyText } from "./text.ts";
import { scrubUrl } from "./web-address.ts";

const PREFIX = "avantlink_";
const VERSION = "1";
/** Stripe's limit for a metadata value; other platforms allow more. */
const LONGEST_VALUE = 500;
const MOST_PARTS = 12;
const MOST_PACKED_IDS = 5;

const TEXTS = {
  currentUrl: "current_url",
  referrerUrl: "referrer_url",
  userAgent: "user_agent",
  ipAddress: "ip_address",
  avad: "avad",
  googleClickId: "google_click_id",
  customTrackingCode: "custom_tracking_code",
  consent: "consent",
} as const satisfies { readonly [Key in keyof TrackingContext]?: string };

const LISTS = { visitorIds: "visitor_ids", userIds: "user_ids" } as const;

/**
 * A context as flat text, to travel with a payment or an order: keys begin with `avantlink_`, a value longer than
 * 500 characters goes on in `…_2`, `…_3`. It fits a Stripe session's metadata. Addresses are scrubbed and e-mail
 * addresses among the IDs hashed before they are written down.
 */
export function packContext(context: TrackingContext): Record<string, string> {
  const packed: Record<string, string> = { [`${PREFIX}version`]: VERSION };
  const put = (name: string, value: string) => {
    for (let rest = value, part = 1; rest !== "" && part <= MOST_PARTS; part++) {
      const piece = cutText(rest, LONGEST_VALUE);
      packed[keyOf(name, part)] = piece;
      rest = rest.slice(piece.length);
    }
  };
  for (const [field, name] of entriesOf(TEXTS)) put(name, packedText(field, context[field]));
  for (const [field, name] of entriesOf(LISTS)) {
    const ids = wireIds(context[field]).slice(0, MOST_PACKED_IDS);
    if (ids.length > 0) put(name, JSON.stringify(ids));
  }
  if (context.gpc === true) put("gpc", "1");
  return packed;
}

/**
 * The context out of a record that {@link packContext} wrote, whatever else the record holds. Never fails: what is
 * missing or damaged is left out.
 */
export function unpackContext(record: unknown): TrackingContext {
  if (typeof record !== "object" || record === null) return {};
  const from: Readonly<Record<string, unknown>> = { ...record };
  if (from[`${PREFIX}version`] !== VERSION) return {};
  const read = (name: string): string => {
    let value = "";
    for (let part = 1; part <= MOST_PARTS; part++) {
      const piece = from[keyOf(name, part)];
      if (typeof piece !== "string" || piece.length > LONGEST_VALUE) break;
      value += piece;
    }
    return value;
  };
  const context: Record<string, unknown> = {};
  for (const [field, name] of entriesOf(TEXTS)) {
    const value = read(name);
    if (value !== "") context[field] = value;
  }
  for (const [field, name] of entriesOf(LISTS)) {
    const ids = wireIds(listOf(read(name)));
    if (ids.length > 0) context[field] = ids;
  }
  if (context.consent !== "granted" && context.consent !== "denied") delete context.consent;
  if (read("gpc") === "1") context.gpc = true;
  return context;
}

function packedText(field: keyof typeof TEXTS, value: unknown): string {
  if (typeof value !== "string") return "";
  if (field === "currentUrl" || field === "referrerUrl") return scrubUrl(value);
  if (field === "avad") return value.length <= LONGEST_ID ? value.toWellFormed() : "";
  return tidyText(value, LONGEST_ID);
}

function keyOf(name: string, part: number): string {
  return part === 1 ? `${PREFIX}${name}` : `${PREFIX}${name}_${part}`;
}

function listOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
  } catch {
    return [];
  }
}

function entriesOf<T extends object>(record: T): [keyof T, T[keyof T]][] {
  return Object.entries(record) as [keyof T, T[keyof T]][];
}
