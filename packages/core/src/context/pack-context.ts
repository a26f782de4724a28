import { cutText } from "../privacy/personal-data.ts";
import { readFields } from "../untrusted-value.ts";
import { cleanContext, cleanIds, type PayloadOptions } from "./clean-context.ts";
import { deniedParts } from "./consent.ts";
import type { TrackingContext } from "./context.ts";

const PREFIX = "avantlink_";
const VERSION = "1";
/** Stripe's limit for a metadata value; other platforms allow more. */
const MAX_VALUE = 500;
const MAX_PARTS = 8;
const MAX_PACKED_IDS = 5;
const MAX_PACKED_LENGTH = 2_500;

const NAMES = {
  currentUrl: "current_url",
  referrerUrl: "referrer_url",
  userAgent: "user_agent",
  ipAddress: "ip_address",
  avad: "avad",
  googleClickId: "google_click_id",
  customTrackingCode: "custom_tracking_code",
  visitorIds: "visitor_ids",
  userIds: "user_ids",
  consent: "consent",
  gpc: "gpc",
} as const satisfies Record<keyof TrackingContext, string>;

/**
 * A context as flat text, to travel with a payment or an order: keys begin with `avantlink_`, a value longer than
 * 500 characters goes on in `…_2`, `…_3`. It fits a Stripe session's metadata. It holds what would be
 * sent: URLs scrubbed, e-mail addresses among the IDs hashed and removed everywhere else. Give the tracker's
 * `keepParameters` where it has some.
 */
export function packContext(
  context: TrackingContext,
  options: Pick<PayloadOptions, "keepParameters"> = {},
): Record<string, string> {
  // A promise has no fields: a denial in it would be lost without a word.
  if (typeof Reflect.get(Object(context), "then") === "function")
    throw new TypeError(
      "avantlink-s2s: packContext expects a context; write packContext(await tracker.contextOf(…))",
    );
  const packed: Record<string, string> = { [`${PREFIX}version`]: VERSION };
  const put = (name: string, value: string) => {
    for (let rest = value, part = 1; rest !== ""; part++) {
      const piece = cutText(rest, MAX_VALUE);
      packed[keyOf(name, part)] = piece;
      rest = rest.slice(piece.length);
    }
  };
  const clean = cleanContext(context, { keepParameters: options.keepParameters });
  put(NAMES.currentUrl, clean.currentUrl);
  put(NAMES.referrerUrl, clean.referrerUrl);
  put(NAMES.userAgent, clean.userAgent);
  put(NAMES.ipAddress, clean.ipAddress);
  put(NAMES.avad, clean.avad);
  put(NAMES.googleClickId, clean.googleClickId);
  put(NAMES.customTrackingCode, clean.customTrackingCode);
  put(NAMES.visitorIds, packedIds(clean.visitorIds));
  put(NAMES.userIds, packedIds(clean.userIds));
  const choice = readFields(context, ["consent", "gpc"]);
  const denied = deniedParts(choice);
  if (denied.consent || choice.consent === "granted") put(NAMES.consent, denied.consent ?? "granted");
  if (denied.gpc) put(NAMES.gpc, "1");
  return packed;
}

/**
 * The context out of a record that {@link packContext} wrote, whatever else the record holds. Never fails: what is
 * missing or damaged is left out.
 */
export function unpackContext(record: unknown): TrackingContext {
  try {
    return unpacked(typeof record === "object" && record !== null ? { ...record } : {});
  } catch {
    return {};
  }
}

function unpacked(from: Readonly<Record<string, unknown>>): TrackingContext {
  const read = (name: string): string | undefined => {
    let value = "";
    for (let part = 1; part <= MAX_PARTS; part++) {
      const piece = from[keyOf(name, part)];
      if (typeof piece !== "string" || piece.length > MAX_VALUE) break;
      value += piece;
    }
    return value || undefined;
  };
  const consent = read(NAMES.consent);
  // A denial counts whichever version packed it.
  const choice: TrackingContext = {
    consent: consent === "granted" || consent === "denied" ? consent : undefined,
    gpc: read(NAMES.gpc) === "1" ? true : undefined,
  };
  if (from[`${PREFIX}version`] !== VERSION) return withoutEmpty(choice);
  return withoutEmpty({
    currentUrl: read(NAMES.currentUrl),
    referrerUrl: read(NAMES.referrerUrl),
    userAgent: read(NAMES.userAgent),
    ipAddress: read(NAMES.ipAddress),
    avad: read(NAMES.avad),
    visitorIds: unpackedIds(read(NAMES.visitorIds)),
    userIds: unpackedIds(read(NAMES.userIds)),
    googleClickId: read(NAMES.googleClickId),
    customTrackingCode: read(NAMES.customTrackingCode),
    ...choice,
  });
}

/** The first IDs that fit, none of them cut. */
function packedIds(ids: readonly string[]): string {
  let packed = "";
  for (let count = Math.min(ids.length, MAX_PACKED_IDS); count > 0; count--) {
    packed = JSON.stringify(ids.slice(0, count));
    if (packed.length <= MAX_PACKED_LENGTH) return packed;
  }
  return "";
}

function unpackedIds(text: string | undefined): readonly string[] | undefined {
  const ids = text === undefined ? [] : cleanIds(listOf(text));
  return ids.length > 0 ? ids : undefined;
}

function withoutEmpty(context: TrackingContext): TrackingContext {
  return Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined));
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
