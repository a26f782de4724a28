import type { Finding } from "../findings.ts";
import { anonymousId, cutText, namesPerson, publicWords, scrubUrl, tidyText } from "../privacy/scrub.ts";
import { readFields, readList } from "../untrusted-value.ts";
import { type IpAddressMode, isNearby, tidyIpAddress } from "./ip-address.ts";
import { isToken, MAX_ID, MAX_TOKEN_BYTES } from "./query.ts";

/** Upper bound of the IDs of one kind that are sent. */
const MAX_IDS = 20;
export const MAX_USER_AGENT = 1024;
const MAX_CODE = 64;
/** A code is searched before it is cut: half an e-mail address does not look like one. */
const MAX_SEARCHED = 4096;

const NO_TOKEN = `is not a text of at most ${MAX_TOKEN_BYTES} bytes as a URL encodes it`;

/** The shopper's browser context: plain JSON, every field optional, safe to store with the order. */
export interface TrackingContext {
  /** The page on which the order was confirmed, absolute. Wire: `current_url`, without the shop's own parameters. */
  readonly currentUrl?: string | undefined;
  /** The page before it, absolute. Wire: `referrer_url`, without its own parameters. */
  readonly referrerUrl?: string | undefined;
  /** The shopper's browser, never the server's. Wire: `user_agent`. */
  readonly userAgent?: string | undefined;
  /** The shopper's IP address, never the server's. Wire: `user_ip_address`. */
  readonly ipAddress?: string | undefined;
  /** AvantLink's click token, exactly as it arrived. Wire: `tracking_ids.avantlink_avad`. */
  readonly avad?: string | undefined;
  /** Anonymous IDs of the visitor, the same ones with click and order. Wire: `tracking_ids.visitor_id`. */
  readonly visitorIds?: readonly string[] | undefined;
  /** The shop's account IDs of the shopper; e-mail addresses are hashed. Wire: `tracking_ids.user_id`. */
  readonly userIds?: readonly string[] | undefined;
  /** Google's click ID. Wire: `google_click_id`. */
  readonly googleClickId?: string | undefined;
  /** Any code of the merchant's own. Wire: `custom_tracking_code`. */
  readonly customTrackingCode?: string | undefined;
  /** What the shop's consent hook answered. `"denied"` skips the order. */
  readonly consent?: "granted" | "denied" | undefined;
  /** Whether the browser sent Global Privacy Control (`Sec-GPC: 1`). */
  readonly gpc?: boolean | undefined;
}

/** The fields that hold a text. */
export const TEXTS = [
  "currentUrl",
  "referrerUrl",
  "userAgent",
  "ipAddress",
  "avad",
  "googleClickId",
  "customTrackingCode",
] as const satisfies readonly (keyof TrackingContext)[];
/** The fields that hold a list of IDs. */
export const ID_LISTS = ["visitorIds", "userIds"] as const satisfies readonly (keyof TrackingContext)[];

const FIELDS = [...TEXTS, ...ID_LISTS];

/** Settings of the pure mappers. The tracker's options of the same names. */
export interface PayloadOptions {
  /** How much of the IP address is sent. @default "full" */
  readonly ipAddress?: IpAddressMode | undefined;
  /** Names of the shop's own parameters that stay in the URLs that are sent. @default [] */
  readonly keepParameters?: readonly string[] | undefined;
}

/** What a tracker knows beside the mappers' settings. */
interface CleaningOptions extends PayloadOptions {
  /** Whether the payload goes to a server on this machine. A private address that goes anywhere else is a proxy's. */
  readonly loopback?: boolean | undefined;
}

/** A context as it may be sent: every text bounded and without personal data, `""` or `[]` where unknown. */
export type CleanContext = ReturnType<typeof cleanContext>;

/** Bounds and scrubs a context. Never throws, and reads each property once. */
export function cleanContext(
  context: unknown,
  { ipAddress: mode, keepParameters, loopback }: CleaningOptions = {},
) {
  const given = readFields(context, FIELDS);
  const findings: Finding[] = [];
  /** What stands in a field, or a finding where it had to be emptied. */
  const checked = (path: (typeof TEXTS)[number], clean: string, isEmptied: unknown, message: string) => {
    if (isEmptied) findings.push({ code: "context.invalid", path, message: `${message}; it is sent empty` });
    return isEmptied ? "" : clean;
  };
  const url = (path: "currentUrl" | "referrerUrl"): string => {
    const clean = scrubUrl(given[path], keepParameters);
    return checked(path, clean, given[path] && clean === "", "is not an absolute web address");
  };
  /** A code that names a person is left out whole: what would be left of it means nothing. */
  const code = (path: "googleClickId" | "customTrackingCode"): string => {
    const text = tidyText(given[path], MAX_SEARCHED);
    if (!namesPerson(text)) return text;
    const message = "holds an e-mail address or a token; it is sent empty";
    findings.push({ code: "context.private-data", path, message });
    return "";
  };

  const currentUrl = url("currentUrl");
  const referrerUrl = url("referrerUrl");
  const isProxys = loopback === false && typeof given.ipAddress === "string" && isNearby(given.ipAddress);
  const isNoAddress = isProxys || (given.ipAddress && tidyIpAddress(given.ipAddress) === "");
  const noAddress = isProxys ? "is a private address, as a proxy's is" : "is not an IP address";
  const ipAddress = tidyIpAddress(given.ipAddress, mode);
  const avad = cleanToken(given.avad);
  const clickId = code("googleClickId");
  const trackingCode = code("customTrackingCode");
  const clean = {
    currentUrl,
    referrerUrl,
    userAgent: cutText(publicWords(tidyText(given.userAgent, 2 * MAX_USER_AGENT)), MAX_USER_AGENT),
    ipAddress: checked("ipAddress", ipAddress, isNoAddress, noAddress),
    avad: checked("avad", avad, given.avad && avad === "", NO_TOKEN),
    visitorIds: cleanIds(given.visitorIds),
    userIds: cleanIds(given.userIds),
    googleClickId: checked("googleClickId", clickId, !isToken(clickId), NO_TOKEN),
    customTrackingCode: cutText(trackingCode, MAX_CODE),
    findings,
  };
  if (trackingCode.length > MAX_CODE) {
    const message = `is longer than ${MAX_CODE} characters; it is cut`;
    findings.push({ code: "context.invalid", path: "customTrackingCode", message });
  }
  return clean;
}

/** IDs as they may be sent: no blanks, no doubles, e-mail addresses hashed. One ID counts as a list of it. */
export function cleanIds(value: unknown): readonly string[] {
  const ids = new Set<string>();
  for (const id of readList(value, MAX_IDS) ?? [value]) {
    const isNumber = typeof id === "bigint" || (typeof id === "number" && Number.isFinite(id));
    ids.add(isNumber ? String(id) : anonymousId(tidyText(id, MAX_ID)));
  }
  ids.delete("");
  return [...ids];
}

/** The token is opaque and goes out as it came; only what is no UTF-8 is mended, since JSON could not carry it. */
function cleanToken(value: unknown): string {
  const token = typeof value === "string" && value.length <= MAX_TOKEN_BYTES ? value.toWellFormed() : "";
  return isToken(token) ? token : "";
}

/** A copy of a context without the keys that hold nothing. */
export function withoutGaps(context: Readonly<Partial<Record<keyof TrackingContext, unknown>>> | undefined) {
  const kept: Partial<Record<string, unknown>> = {};
  for (const [name, value] of Object.entries(context ?? {})) if (value !== undefined) kept[name] = value;
  return kept as TrackingContext;
}
