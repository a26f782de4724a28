import { avadOf, LONGEST_ID, queryValue } from "./avad.ts";
import { type ConsentDecision, type ConsentRules, decideConsent } from "./consent.ts";
import type { TrackingContext } from "./context.ts";
import { type CookieSettings, expireCookie, fitsCookie, readVisitorCookies, setCookie } from "./cookies.ts";
import { type IpAddressMode, tidyIpAddress } from "./ip-address.ts";
import { isPageVisit, isVisitorAction, type ShopRequest, sameSiteReferrer } from "./shop-request.ts";
import { tidyText } from "./text.ts";
import { scrubUrl } from "./web-address.ts";

/** What of the tracker's settings bears on reading a request. */
export interface VisitorSettings extends ConsentRules {
  readonly cookies: CookieSettings;
  readonly ipAddress: IpAddressMode;
}

/** What a request means for click tracking. */
export interface Landing {
  /** Set-Cookie lines for the response; none leaves the response as it is. */
  readonly setCookies: readonly string[];
  /** The click to report, if this is one. */
  readonly click?: TrackingContext | undefined;
  /** The visitor's context from here on, as later requests will show it. */
  readonly context?: TrackingContext | undefined;
  readonly skipped?: "consent" | "privacy-signal" | "not-a-visit" | undefined;
}

/** What the surroundings lend to {@link readLanding}. */
export interface LandingTools {
  readonly newVisitorId: () => string;
  /** Whether this visitor's landing with this token was already counted, so that an old page's Referer is not one. */
  readonly wasCounted: (visitor: string, avad: string) => boolean;
  readonly onHookThrow: (cause: unknown) => void;
}

const NOTHING: Landing = { setCookies: [] };

/** Decides whether a request is an affiliate landing, and what cookies and click follow from it. */
export function readLanding(request: ShopRequest, settings: VisitorSettings, tools: LandingTools): Landing {
  const own = avadOf(request.url);
  const referrer = own === undefined ? sameSiteReferrer(request) : undefined;
  const avad = own ?? (referrer === undefined ? undefined : avadOf(referrer));
  if (avad === undefined || !fitsCookie(avad)) return NOTHING;

  const stored = readVisitorCookies(request.header("cookie"), settings.cookies);
  const secure = request.url.startsWith("https:");
  const decision = decideConsent(request, settings, tools.onHookThrow);
  if (isDenied(decision))
    return { setCookies: forgetting(stored, settings.cookies, secure), skipped: reasonOf(decision) };
  if (own === undefined ? !isVisitorAction(request) : !isPageVisit(request)) {
    return { setCookies: [], skipped: "not-a-visit" };
  }
  if (stored.avad === avad) return NOTHING;
  if (own === undefined && stored.visitor !== undefined && tools.wasCounted(stored.visitor, avad))
    return NOTHING;

  const page = referrer ?? request.url;
  const visitor = stored.visitor ?? tools.newVisitorId();
  const gclid = queryValue(page, "gclid");
  const base = contextFrom(request, settings, decision, { avad, visitor, gclid: gclid ?? stored.gclid });
  const click: TrackingContext =
    referrer === undefined ? base : { ...base, currentUrl: scrubUrl(referrer), referrerUrl: undefined };
  const setCookies = [setCookie(settings.cookies.names.avad, avad, settings.cookies, secure)];
  if (stored.visitor === undefined) {
    setCookies.push(setCookie(settings.cookies.names.visitor, visitor, settings.cookies, secure));
  }
  if (gclid !== undefined && gclid !== stored.gclid && fitsCookie(gclid)) {
    setCookies.push(setCookie(settings.cookies.names.gclid, gclid, settings.cookies, secure));
  }
  return { setCookies, click: plain(click), context: base };
}

/** The shopper's context of any request: frozen, scrubbed, and empty but for the refusal where tracking is denied. */
export function readContext(
  request: ShopRequest,
  settings: VisitorSettings,
  onHookThrow: (cause: unknown) => void,
): TrackingContext {
  const decision = decideConsent(request, settings, onHookThrow);
  if (decision === "denied") return Object.freeze({ consent: "denied" });
  if (decision === "privacy-signal") return Object.freeze({ gpc: true });
  const stored = readVisitorCookies(request.header("cookie"), settings.cookies);
  const uncounted = stored.avad === undefined ? sameSiteReferrer(request) : undefined;
  return contextFrom(request, settings, decision, {
    avad: avadOf(request.url) ?? stored.avad ?? (uncounted === undefined ? undefined : avadOf(uncounted)),
    visitor: stored.visitor,
    gclid: queryValue(request.url, "gclid") ?? stored.gclid,
  });
}

function contextFrom(
  request: ShopRequest,
  settings: VisitorSettings,
  decision: ConsentDecision,
  ids: { avad: string | undefined; visitor: string | undefined; gclid: string | undefined },
): TrackingContext {
  return plain({
    currentUrl: scrubUrl(request.url),
    referrerUrl: scrubUrl(request.header("referer")),
    userAgent: tidyText(request.header("user-agent"), LONGEST_ID),
    ipAddress: tidyIpAddress(request.ipAddress, settings.ipAddress),
    avad: ids.avad,
    visitorIds: ids.visitor === undefined ? undefined : Object.freeze([ids.visitor]),
    googleClickId: ids.gclid,
    consent: decision === "granted" ? "granted" : undefined,
    gpc: request.header("sec-gpc")?.trim() === "1" ? true : undefined,
  });
}

/** Without the keys that hold nothing, frozen. */
function plain(context: TrackingContext): TrackingContext {
  const entries = Object.entries(context).filter(([, value]) => value !== undefined && value !== "");
  return Object.freeze(Object.fromEntries(entries));
}

function forgetting(stored: object, settings: CookieSettings, secure: boolean): readonly string[] {
  const kept: Readonly<Record<string, string | undefined>> = { ...stored };
  return Object.entries(settings.names)
    .filter(([which]) => kept[which] !== undefined)
    .map(([, name]) => expireCookie(name, settings, secure));
}

function isDenied(decision: ConsentDecision): boolean {
  return decision === "denied" || decision === "privacy-signal";
}

function reasonOf(decision: ConsentDecision): "consent" | "privacy-signal" {
  return decision === "privacy-signal" ? "privacy-signal" : "consent";
}
