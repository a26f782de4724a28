import { scrubUrl, tidyText } from "../privacy/scrub.ts";
import { type ConsentDecision, type ConsentRules, decideConsent, signalsPrivacy } from "./consent.ts";
import { MAX_USER_AGENT, type TrackingContext, withoutGaps } from "./context.ts";
import { type CookieSettings, readVisitorCookies } from "./cookies.ts";
import {
  FORWARDING_HEADERS,
  type IpAddressMode,
  isNearby,
  isOwnMachine,
  tidyIpAddress,
} from "./ip-address.ts";
import { isPageVisit, sameSiteReferrer } from "./navigation.ts";
import { avadOf, originOf, queryValue } from "./query.ts";
import type { HookThrew, RawRequest, RequestSource, ShopRequest } from "./request.ts";

/** What of the tracker's settings bears on reading a request. */
export interface ContextSettings extends ConsentRules {
  readonly siteUrl: string | undefined;
  readonly cookies: CookieSettings;
  readonly ipAddress: IpAddressMode;
  /** The shop's own parameters that stay in URLs. */
  readonly keepParameters: readonly string[];
  /** Whether the endpoint is a server on this machine, where a private address does no harm. */
  readonly loopback: boolean;
}

/** What a request says of the shopper. */
export interface ReadRequest {
  readonly context: TrackingContext;
  /** Whether the request comes from a browser, and not from a payment provider's server. */
  readonly isBrowser: boolean;
  /** Whether the browser sent a cookie of ours: then the request is surely the shopper's own. */
  readonly hasOurCookies: boolean;
}

/** What a tracker brings to the reading of its requests. */
export interface ReadTools {
  /** What a landing on a very request means for its visitor: the request's own Cookie header cannot show it yet. */
  readonly landed: WeakMap<object, TrackingContext | undefined>;
  readonly hookThrew: HookThrew;
  /** The address is a proxy's or a private one and is left out. `header` is where a proxy named another, if any did. */
  readonly proxyAddress: (header: string | undefined) => void;
  /** Two different values of the click cookie arrived: a subdomain or a path set its own. */
  readonly cookieTwice: () => void;
}

/**
 * The shopper's context of any request, frozen and scrubbed. Consent and privacy signal are read first and apart, so
 * that whatever else fails costs a value and not the shopper's choice. A request that cannot be read at all denies
 * where the shop has a consent hook.
 */
export function readRequest(source: RequestSource, settings: ContextSettings, tools: ReadTools): ReadRequest {
  try {
    const raw = source();
    const landed = tools.landed.get(raw.source);
    if (landed) return { context: landed, isBrowser: true, hasOurCookies: true };
    const request = openRequest(raw, settings.siteUrl, tools.hookThrew);
    const decision = decideConsent(request, settings, tools.hookThrew);
    if (decision === "denied") return denied({ consent: "denied" }, request);
    if (decision === "privacy-signal") return denied({ gpc: true }, request);
    const stored = readVisitorCookies(request.header("cookie"), settings.cookies);
    if (stored.twice) tools.cookieTwice();
    // A form or a script of an older tab still has that tab's address; the stored click is newer.
    const isOlder = stored.avad !== undefined && avadOf(request.url) !== undefined && !isPageVisit(request);
    const page = isOlder ? "" : request.url;
    const context = contextFrom(request, settings, decision, tools, {
      avad: avadOf(page) ?? stored.avad ?? referredAvad(request, settings),
      visitor: stored.visitor,
      gclid: queryValue(page, "gclid") ?? stored.gclid,
    });
    const hasOurCookies = stored.avad !== undefined || stored.visitor !== undefined;
    return { context, isBrowser: isBrowser(request), hasOurCookies };
  } catch (cause) {
    tools.hookThrew("the request itself", cause);
    const context: TrackingContext = Object.freeze(settings.consent ? { consent: "denied" } : {});
    return { context, isBrowser: true, hasOurCookies: false };
  }
}

/**
 * Opens a request. `siteUrl` wins over whatever the request says of its host, the origin of an absolute request line
 * included. Where the origin cannot be read, the Host header stands for it.
 */
export function openRequest(raw: RawRequest, siteUrl: string | undefined, hookThrew: HookThrew): ShopRequest {
  const guarded = (read: () => string | undefined): string | undefined => {
    try {
      return read();
    } catch (cause) {
      hookThrew("trust proxy, or the request itself,", cause);
      return undefined;
    }
  };
  const origin = siteUrl ?? guarded(raw.origin) ?? originOf("http", raw.header("host"));
  return {
    ...raw,
    url: origin + pathAndQuery(raw.target ?? "/"),
    isPageKnown: raw.target !== undefined,
    ipAddress: () => guarded(raw.ipAddress),
  };
}

/** A request line may hold a whole address, as it does towards a proxy. Its origin is the client's word. */
function pathAndQuery(target: string): string {
  const path = target.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, "");
  return path.startsWith("/") ? path : `/${path}`;
}

function denied(context: TrackingContext, request: ShopRequest): ReadRequest {
  return { context: Object.freeze(context), isBrowser: isBrowser(request), hasOurCookies: false };
}

/** The token of a landing on this site from which the request came. */
function referredAvad(request: ShopRequest, { cookies }: ContextSettings): string | undefined {
  const referrer = sameSiteReferrer(request, cookies.domain);
  return referrer === undefined ? undefined : avadOf(referrer);
}

/** A context without the keys that would hold nothing, frozen. */
export function contextFrom(
  request: ShopRequest,
  settings: ContextSettings,
  decision: ConsentDecision,
  { proxyAddress }: Pick<ReadTools, "proxyAddress">,
  { avad, visitor, gclid }: Readonly<Record<"avad" | "visitor" | "gclid", string | undefined>>,
): TrackingContext {
  const { keepParameters } = settings;
  const context: TrackingContext = {
    currentUrl: (request.isPageKnown && scrubUrl(request.url, keepParameters)) || undefined,
    referrerUrl: scrubUrl(request.header("referer"), keepParameters) || undefined,
    userAgent: tidyText(request.header("user-agent"), MAX_USER_AGENT) || undefined,
    ipAddress: shopperAddress(request, settings, proxyAddress) || undefined,
    avad,
    visitorIds: visitor === undefined ? undefined : Object.freeze([visitor]),
    googleClickId: gclid,
    consent: decision === "granted" ? decision : undefined,
    gpc: signalsPrivacy(request) || undefined,
  };
  return Object.freeze(withoutGaps(context));
}

/** A private, loopback or proxy address is never sent as a shopper's, but to a sandbox on this machine. */
function shopperAddress(
  request: ShopRequest,
  { ipAddress: mode, loopback }: ContextSettings,
  proxyAddress: ReadTools["proxyAddress"],
): string {
  if (mode === "omit") return "";
  const address = request.ipAddress();
  if (address !== undefined && !isNearby(address)) return tidyIpAddress(address, mode);
  const header = FORWARDING_HEADERS.find((name) => request.header(name) !== undefined);
  if (address === undefined) {
    // A framework may name a developer's own browser so.
    const isProxied = header !== undefined && !isOwnMachine(request.header(header) ?? "");
    if (isProxied && !loopback) proxyAddress(header);
    return "";
  }
  // Without such a header, this machine's own address is a developer's browser.
  if (header !== undefined || !(loopback || isOwnMachine(address))) proxyAddress(header);
  return loopback ? tidyIpAddress(address, mode) : "";
}

/**
 * Whether a request comes from a browser. A payment provider's webhook has neither cookies nor the `Sec-Fetch-*`
 * headers of a browser: what it says of address and agent is the provider's own.
 */
export function isBrowser({ header }: Pick<RawRequest, "header">): boolean {
  return ["cookie", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user"].some(header);
}
