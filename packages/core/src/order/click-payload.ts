import type { TrackingContext } from "../context/context.ts";
import { type IpAddressMode, tidyIpAddress } from "../context/ip-address.ts";
import { LONGEST_ID } from "../context/query.ts";
import type { Finding } from "../findings.ts";
import { anonymousId, namesPerson, publicWords } from "../privacy/detect.ts";
import { scrubUrl } from "../privacy/scrub-url.ts";
import { cutText, tidyText } from "../privacy/text.ts";
import type { ClickPayload } from "./payload.ts";

/** Most IDs of one kind that are sent. */
const MOST_IDS = 20;
const LONGEST_USER_AGENT = 1024;
const LONGEST_CODE = 64;
/** A code is searched before it is cut: half an address is not seen to be one. */
const LONGEST_SEARCHED = 4096;

/** What the pure mappers may be told beside the order and its context. */
export interface PayloadOptions {
  /** How much of the IP address is sent. @default "full" */
  readonly ipAddress?: IpAddressMode | undefined;
}

/**
 * A context as AvantLink's click JSON. Pure: the same context always gives the same JSON. Whatever is missing or
 * malformed becomes `""` or `[]`; e-mail addresses among the IDs are hashed; addresses lose personal parameters.
 */
export function toClickPayload(context: TrackingContext, options: PayloadOptions = {}): ClickPayload {
  const from = fieldsOf(context);
  return {
    tracking_ids: {
      user_id: wireIds(from.userIds),
      visitor_id: wireIds(from.visitorIds),
      avantlink_avad: wireToken(from.avad),
    },
    user_agent: cutText(publicWords(tidyText(from.userAgent, 2 * LONGEST_USER_AGENT)), LONGEST_USER_AGENT),
    current_url: scrubUrl(from.currentUrl),
    referrer_url: scrubUrl(from.referrerUrl),
    google_click_id: publicCode(from.googleClickId, LONGEST_ID),
    custom_tracking_code: publicCode(from.customTrackingCode, LONGEST_CODE),
    user_ip_address: tidyIpAddress(from.ipAddress, options.ipAddress),
  };
}

/** Whether AvantLink can tie the payload to anybody; it answers 400 to one that it cannot. */
export function hasTrackingId({ tracking_ids: ids }: ClickPayload): boolean {
  return ids.avantlink_avad !== "" || ids.visitor_id.length > 0 || ids.user_id.length > 0;
}

/** IDs fit to be sent: no blanks, no doubles, e-mail addresses hashed. */
export function wireIds(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  const ids = new Set<string>();
  for (const entry of Array.isArray(value) ? value.slice(0, MOST_IDS) : [value]) {
    const id = wireId(entry);
    if (id !== "") ids.add(id);
  }
  return [...ids];
}

/** What of the context was not taken as it was given. */
export function contextFindings(context: TrackingContext, payload: ClickPayload): readonly Finding[] {
  const findings: Finding[] = [];
  const given = fieldsOf(context);
  const invalid = (path: string, message: string) =>
    findings.push({ code: "context.invalid", path, message });
  if (given.currentUrl && payload.current_url === "") {
    invalid("currentUrl", "is not an absolute web address; it is sent empty");
  }
  if (given.referrerUrl && payload.referrer_url === "") {
    invalid("referrerUrl", "is not an absolute web address; it is sent empty");
  }
  if (given.ipAddress && tidyIpAddress(given.ipAddress) === "") {
    invalid("ipAddress", "is not an IP address; it is sent empty");
  }
  if (given.avad && payload.tracking_ids.avantlink_avad === "") {
    invalid("avad", `is not a text of at most ${LONGEST_ID} characters; it is sent empty`);
  }
  for (const [path, sent] of [
    ["googleClickId", payload.google_click_id],
    ["customTrackingCode", payload.custom_tracking_code],
  ] as const) {
    if (sent !== "" || tidyText(given[path], LONGEST_SEARCHED) === "") continue;
    const message = "holds an e-mail address or a token; it is sent empty";
    findings.push({ code: "context.private-data", path, message });
  }
  return findings;
}

type ContextFields = { readonly [Key in keyof TrackingContext]?: unknown };

function fieldsOf(context: unknown): ContextFields {
  return typeof context === "object" && context !== null ? context : {};
}

function wireId(value: unknown): string {
  const isNumber = typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value));
  return isNumber ? String(value) : anonymousId(tidyText(value, LONGEST_ID));
}

// The token is opaque and goes out as it came; only what cannot be UTF-8 is mended, or it could not be JSON.
function wireToken(value: unknown): string {
  return typeof value === "string" && value.length <= LONGEST_ID ? value.toWellFormed() : "";
}

/** A code, unless it names a person: what would be left of it means nothing. */
function publicCode(value: unknown, max: number): string {
  const code = tidyText(value, LONGEST_SEARCHED);
  return namesPerson(code) ? "" : cutText(code, max);
}
