import { tidyText } from "../privacy/detect.ts";
import { scrubUrl } from "../privacy/scrub-url.ts";
import { type ConsentDecision, type ConsentRules, decideConsent, mayBeDenied } from "./consent.ts";
import type { TrackingContext } from "./context.ts";
import {
  type CookieSettings,
  expireCookie,
  fitsCookie,
  readVisitorCookies,
  setCookie,
  type VisitorCookies,
} from "./cookies.ts";
import { type IpAddressMode, tidyIpAddress } from "./ip-address.ts";
import { avadOf, MAX_ID, queryValue } from "./query.ts";
import { isPageVisit, isVisitorAction, type ShopRequest, sameSiteReferrer } from "./request.ts";

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
  /** Whether a landing of this browser with this token was counted a while ago, though it keeps no cookie. */
  readonly wasCounted: (avad: string) => boolean;
  readonly onHookThrow: (cause: unknown) => void;
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

const NOTHING: Landing = { setCookies: [] };

/** An affiliate's link, as a request shows it. */
interface AffiliateLink {
  readonly avad: string;
  readonly page: string;
  /** Whether the request itself is the landing; else it follows one that was not counted. */
  readonly own: boolean;
}

/** What of a request tells at a glance that it has nothing to do with clicks, as nearly every request has not. */
export interface Glance {
  /** Its address, or path and query. */
  readonly url: string;
  readonly referrer: string | undefined;
  /** Its `Sec-GPC` header. */
  readonly signal: string | undefined;
}

/** Whether a request may be a landing, or one that takes back what a landing left. */
export function mayLand({ url, referrer, signal }: Glance, settings: VisitorSettings): boolean {
  return url.includes("avad=") || referrer?.includes("avad=") === true || mayBeDenied(signal, settings);
}

/**
 * Decides whether a request is an affiliate landing, and what cookies and click follow from it. Where consent was
 * withdrawn, the next page takes our cookies away.
 */
export function readLanding(request: ShopRequest, settings: VisitorSettings, tools: LandingTools): Landing {
  const link = affiliateLink(request);
  // Nearly every request is no landing, and nothing can deny it what it may have kept.
  if (!link && !mayBeDenied(request.header("sec-gpc"), settings)) return NOTHING;
  const stored = readVisitorCookies(request.header("cookie"), settings.cookies);
  if (!link && !(hasCookies(stored) && isPageVisit(request))) return NOTHING;

  const secure = request.url.startsWith("https:");
  const decision = decideConsent(request, settings, tools.onHookThrow);
  if (isDenied(decision)) {
    const setCookies = forgetting(stored, settings.cookies, secure);
    return link?.own ? { setCookies, skipped: reasonOf(decision) } : { setCookies };
  }
  if (!link || stored.avad === link.avad) return NOTHING;
  if (link.own && !isPageVisit(request)) return { setCookies: [], skipped: "not-a-visit" };
  // A page in an older tab still names its own click in the Referer; what is stored is newer.
  if (!link.own && (stored.avad !== undefined || tools.wasCounted(link.avad))) return NOTHING;

  const visitor = stored.visitor ?? tools.newVisitorId();
  const gclid = queryValue(link.page, "gclid");
  const ids = { avad: link.avad, visitor, gclid: gclid ?? stored.gclid };
  const context = contextFrom(request, settings, decision, ids);
  const click = link.own ? context : earlierClick(context, link.page);
  const { names } = settings.cookies;
  const setCookies = [setCookie(names.avad, link.avad, settings.cookies, secure)];
  if (stored.visitor === undefined)
    setCookies.push(setCookie(names.visitor, visitor, settings.cookies, secure));
  if (gclid !== undefined && gclid !== stored.gclid && fitsCookie(gclid)) {
    setCookies.push(setCookie(names.gclid, gclid, settings.cookies, secure));
  }
  return { setCookies, click, context };
}

function affiliateLink(request: ShopRequest): AffiliateLink | undefined {
  const avad = avadOf(request.url);
  const own =
    avad !== undefined && fitsCookie(avad) ? { avad, page: request.url, own: true as const } : undefined;
  if (own && isPageVisit(request)) return own;
  // A form on a landing that was not counted may be posted to the landing's own address.
  return referringLink(request) ?? own;
}

function referringLink(request: ShopRequest): AffiliateLink | undefined {
  if (!request.header("referer")?.includes("avad=") || !isVisitorAction(request)) return undefined;
  const page = sameSiteReferrer(request);
  const avad = page === undefined ? undefined : avadOf(page);
  return page !== undefined && avad !== undefined && fitsCookie(avad)
    ? { avad, page, own: false }
    : undefined;
}

function hasCookies({ avad, visitor, gclid }: VisitorCookies): boolean {
  return avad !== undefined || visitor !== undefined || gclid !== undefined;
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
  return contextFrom(request, settings, decision, {
    avad: avadOf(request.url) ?? stored.avad ?? referredAvad(request),
    visitor: stored.visitor,
    gclid: queryValue(request.url, "gclid") ?? stored.gclid,
  });
}

/** The token of a landing on this site from which the request came. */
function referredAvad(request: ShopRequest): string | undefined {
  if (!request.header("referer")?.includes("avad=")) return undefined;
  const referrer = sameSiteReferrer(request);
  return referrer === undefined ? undefined : avadOf(referrer);
}

/** Without the keys that would hold nothing, and frozen. */
function contextFrom(
  request: ShopRequest,
  settings: VisitorSettings,
  decision: ConsentDecision,
  ids: { avad: string | undefined; visitor: string | undefined; gclid: string | undefined },
): TrackingContext {
  const context: Writable<TrackingContext> = {};
  const currentUrl = scrubUrl(request.url);
  if (currentUrl) context.currentUrl = currentUrl;
  const referrerUrl = scrubUrl(request.header("referer"));
  if (referrerUrl) context.referrerUrl = referrerUrl;
  const userAgent = tidyText(request.header("user-agent"), MAX_ID);
  if (userAgent) context.userAgent = userAgent;
  const ipAddress = tidyIpAddress(request.ipAddress, settings.ipAddress);
  if (ipAddress) context.ipAddress = ipAddress;
  if (ids.avad) context.avad = ids.avad;
  if (ids.visitor !== undefined) context.visitorIds = Object.freeze([ids.visitor]);
  if (ids.gclid) context.googleClickId = ids.gclid;
  if (decision === "granted") context.consent = "granted";
  if (request.header("sec-gpc")?.trim() === "1") context.gpc = true;
  return Object.freeze(context);
}

/** The click of a landing that this request only follows. What led there is not known any more. */
function earlierClick({ referrerUrl: _, ...context }: TrackingContext, page: string): TrackingContext {
  return Object.freeze({ ...context, currentUrl: scrubUrl(page) });
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
