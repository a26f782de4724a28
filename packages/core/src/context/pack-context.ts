import { toClickPayload, wireIds } from "../order/click-payload.ts";
import { cutText } from "../privacy/text.ts";
import type { TrackingContext } from "./context.ts";

const PREFIX = "avantlink_";
const VERSION = "1";
/** Stripe's limit for a metadata value; other platforms allow more. */
const LONGEST_VALUE = 500;
const MOST_PARTS = 8;
const MOST_PACKED_IDS = 5;
const LONGEST_IDS = 2_500;

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
 * 500 characters goes on in `…_2`, `…_3`. It fits a Stripe session's metadata. What is written down is what would be
 * sent: addresses scrubbed, e-mail addresses among the IDs hashed and everywhere else taken out.
 */
export function packContext(context: TrackingContext): Record<string, string> {
  const packed: Record<string, string> = { [`${PREFIX}version`]: VERSION };
  const put = (name: string, value: string) => {
    for (let rest = value, part = 1; rest !== ""; part++) {
      const piece = cutText(rest, LONGEST_VALUE);
      packed[keyOf(name, part)] = piece;
      rest = rest.slice(piece.length);
    }
  };
  const wire = toClickPayload(context);
  put(NAMES.currentUrl, wire.current_url);
  put(NAMES.referrerUrl, wire.referrer_url);
  put(NAMES.userAgent, wire.user_agent);
  put(NAMES.ipAddress, wire.user_ip_address);
  put(NAMES.avad, wire.tracking_ids.avantlink_avad);
  put(NAMES.googleClickId, wire.google_click_id);
  put(NAMES.customTrackingCode, wire.custom_tracking_code);
  put(NAMES.visitorIds, packedIds(wire.tracking_ids.visitor_id));
  put(NAMES.userIds, packedIds(wire.tracking_ids.user_id));
  // A row of a database, or a form, may have kept none.
  const { consent, gpc }: TrackingContext = Object(context);
  if (consent === "granted" || consent === "denied") put(NAMES.consent, consent);
  if (gpc === true) put(NAMES.gpc, "1");
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
    for (let part = 1; part <= MOST_PARTS; part++) {
      const piece = from[keyOf(name, part)];
      if (typeof piece !== "string" || piece.length > LONGEST_VALUE) break;
      value += piece;
    }
    return value || undefined;
  };
  const consent = read(NAMES.consent);
  // A refusal counts whichever version wrote it down.
  const refusal: TrackingContext = {
    consent: consent === "granted" || consent === "denied" ? consent : undefined,
    gpc: read(NAMES.gpc) === "1" ? true : undefined,
  };
  if (from[`${PREFIX}version`] !== VERSION) return given(refusal);
  return given({
    currentUrl: read(NAMES.currentUrl),
    referrerUrl: read(NAMES.referrerUrl),
    userAgent: read(NAMES.userAgent),
    ipAddress: read(NAMES.ipAddress),
    avad: read(NAMES.avad),
    visitorIds: unpackedIds(read(NAMES.visitorIds)),
    userIds: unpackedIds(read(NAMES.userIds)),
    googleClickId: read(NAMES.googleClickId),
    customTrackingCode: read(NAMES.customTrackingCode),
    ...refusal,
  });
}

/** As many of the IDs, whole, as find room. */
function packedIds(ids: readonly string[]): string {
  let packed = "";
  for (let count = Math.min(ids.length, MOST_PACKED_IDS); count > 0; count--) {
    packed = JSON.stringify(ids.slice(0, count));
    if (packed.length <= LONGEST_IDS) return packed;
  }
  return "";
}

function unpackedIds(text: string | undefined): readonly string[] | undefined {
  const ids = text === undefined ? [] : wireIds(listOf(text));
  return ids.length > 0 ? ids : undefined;
}

function given(context: TrackingContext): TrackingContext {
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
