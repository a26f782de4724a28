import { scrubUrl } from "../privacy/scrub.ts";
import type { RecentKeys } from "../recent-keys.ts";
import { sha256Hex } from "../runtime.ts";
import { type ConsentDecision, decideConsent, signalsPrivacy } from "./consent.ts";
import type { TrackingContext } from "./context.ts";
import { type CookieSettings, readVisitorCookies, setCookie, type VisitorCookies } from "./cookies.ts";
import { areWithin, isCrawler, isPageVisit, isVisitorAction, sameSiteReferrer } from "./navigation.ts";
import { avadOf, hasOversizedToken, queryValue } from "./query.ts";
import { type ContextSettings, contextFrom, openRequest, type ReadTools } from "./read-request.ts";
import type { RawRequest, ShopRequest } from "./request.ts";

/** What a request means for click tracking. */
export interface Landing {
  /** Set-Cookie lines for the response; without any the response stays as it is. */
  readonly setCookies: readonly string[];
  /** The click to report, if there is one. */
  readonly click?: TrackingContext | undefined;
  /** Whether the browser will send the cookies to an address to which the answer leads it. */
  readonly cookiesReach?: ((location: string) => boolean) | undefined;
  /** The visitor's context from here on, as later requests will show it. */
  readonly context?: TrackingContext | undefined;
  /** Why an affiliate's link was not counted. */
  readonly skipped?: "consent" | "privacy-signal" | "not-a-visit" | "crawler" | "token-too-long" | undefined;
}

/** What {@link readLanding} needs beside the request. */
export interface LandingTools extends ReadTools {
  readonly newVisitorId: () => string;
  /** The landings that were counted lately: a browser may keep no cookie. */
  readonly counted: RecentKeys;
}

/** A request that is no landing. */
export const NO_LANDING: Landing = Object.freeze({ setCookies: [] });

/** An affiliate's link, as a request shows it. */
interface AffiliateLink {
  readonly avad: string;
  readonly page: string;
  /** Whether the request itself is the landing; else it follows a landing that was not counted. */
  readonly own: boolean;
}

/**
 * Decides whether a request is an affiliate landing, and what cookies and click follow from it. Where consent was
 * withdrawn, the next page view removes our cookies.
 */
export function readLanding(raw: RawRequest, settings: ContextSettings, tools: LandingTools): Landing {
  const request = openRequest(raw, settings.siteUrl, tools.hookThrew);
  const link = affiliateLink(request, settings);
  if (!link && hasOversizedToken(request.url) && isPageVisit(request)) {
    return { setCookies: [], skipped: "token-too-long" };
  }
  const stored = readVisitorCookies(request.header("cookie"), settings.cookies);
  const mayBeDenied = settings.consent !== undefined || signalsPrivacy(request);
  if (!link && !(mayBeDenied && hasCookies(stored) && isPageVisit(request))) return NO_LANDING;

  const secure = request.url.startsWith("https:");
  const decision = decideConsent(request, settings, tools.hookThrew);
  if (isDenied(decision)) {
    const setCookies = forgetting(stored, settings.cookies, secure);
    return link?.own && isPageVisit(request) && !isCrawler(request)
      ? { setCookies, skipped: decision === "denied" ? "consent" : decision }
      : { setCookies };
  }
  if (!link || stored.avad === link.avad) return NO_LANDING;
  if (link.own && !isPageVisit(request)) return { setCookies: [], skipped: "not-a-visit" };
  if (isCrawler(request)) return { setCookies: [], skipped: "crawler" };
  // A page in an older tab still names its own click in the Referer; the stored click is newer.
  if (!link.own && stored.avad !== undefined) return NO_LANDING;

  // Counted already: for a browser that keeps no cookies, for a request beside this one, or for another shopper who looks
  // the same. That shopper needs the token. A new ID would serve nobody, since no click has it.
  const key = landingKey(request, link.avad);
  const isCounted = !link.own && tools.counted.get(key) !== undefined;
  const visitor = stored.visitor ?? (isCounted ? undefined : tools.newVisitorId());
  const gclid = queryValue(link.page, "gclid");
  const ids = { avad: link.avad, visitor, gclid: gclid ?? stored.gclid };
  const context = contextFrom(request, settings, decision, tools, ids);
  const page = scrubUrl(link.page, settings.keepParameters);
  const click = isCounted ? undefined : link.own ? context : earlierClick(context, page);
  const { names } = settings.cookies;
  const setCookies = [setCookie(names.avad, link.avad, settings.cookies, secure)];
  for (const [which, value] of [["visitor", visitor] as const, ["gclid", gclid] as const]) {
    if (value === undefined || value === stored[which]) continue;
    setCookies.push(setCookie(names[which], value, settings.cookies, secure));
  }
  tools.counted.set(key, true);
  return { setCookies, click, context, cookiesReach: reachOf(request, settings) };
}

/**
 * Whether an answer sends a landing on to another address with the same token, to which our cookies do not go, as a
 * redirect to www does. The click belongs to the landing that comes of it. Where the cookies go along, they keep the
 * next request from being a landing.
 */
export function landsAgain(landing: Landing, status: number, location: string | undefined | null): boolean {
  if (!landing.click || status < 300 || status > 399 || !location) return false;
  return avadOf(location) === landing.click.avad && landing.cookiesReach?.(location) === false;
}

/** Says of a Location whether the browser sends the cookies there that it gets with it. */
function reachOf(request: ShopRequest, settings: ContextSettings): (location: string) => boolean {
  const { domain, sameSite } = settings.cookies;
  // After a link on another site the browser sends such cookies with no redirect.
  if (sameSite === "strict" && request.header("sec-fetch-site") === "cross-site") return () => false;
  return (location) => {
    try {
      const site = new URL(request.url);
      const seen = settings.siteUrl === undefined ? site : new URL(request.origin());
      // A proxy may hide the host that siteUrl names. But apex and www are two hosts.
      const isSibling = areWithin([seen], site.hostname) || areWithin([site], seen.hostname);
      const own = isSibling ? seen : site;
      const to = new URL(location, own);
      // Over plain http the browser kept no secure cookie, and the shop sends it to the same page over https. A proxy that
      // is not declared may hide that the browser came over https, if it does not say so.
      const came =
        request.header("x-forwarded-proto")?.split(",", 1)[0]?.trim() ?? seen.protocol.slice(0, -1);
      const isSamePage = to.pathname + to.search === site.pathname + site.search;
      const isOwnHost = to.hostname === seen.hostname || areWithin([to, seen], domain);
      const isUpgrade = came === "http" && [site, to].every(({ protocol }) => protocol === "https:");
      if (isUpgrade && isSamePage && isOwnHost) return false;
      if (request.serverUrl && to.origin === new URL(request.serverUrl).origin) return true;
      if (own.protocol === "https:" && to.protocol === "http:") return false;
      return to.hostname === own.hostname || areWithin([to, own], domain);
    } catch {
      // Nobody lands at an address that cannot be read.
      return true;
    }
  };
}

function affiliateLink(request: ShopRequest, { cookies }: ContextSettings): AffiliateLink | undefined {
  const avad = avadOf(request.url);
  const own = avad === undefined ? undefined : { avad, page: request.url, own: true as const };
  if (own && isPageVisit(request)) return own;
  // A form on a landing that was not counted may be posted to the landing's own address.
  return referringLink(request, cookies.domain) ?? own;
}

function referringLink(request: ShopRequest, domain: string | undefined): AffiliateLink | undefined {
  if (!isVisitorAction(request)) return undefined;
  const page = sameSiteReferrer(request, domain);
  const avad = page === undefined ? undefined : avadOf(page);
  return page !== undefined && avad !== undefined ? { avad, page, own: false } : undefined;
}

function hasCookies({ avad, visitor, gclid }: VisitorCookies): boolean {
  return avad !== undefined || visitor !== undefined || gclid !== undefined;
}

/** The click of a landing that this request only follows. The page before the landing is not known any more. */
function earlierClick({ referrerUrl: _, ...context }: TrackingContext, currentUrl: string): TrackingContext {
  return Object.freeze({ ...context, currentUrl });
}

function forgetting(stored: VisitorCookies, settings: CookieSettings, secure: boolean): readonly string[] {
  // A cookie from before the shop had a cookie domain belongs to its host alone.
  const domains = new Set([undefined, settings.domain]);
  return (["avad", "visitor", "gclid"] as const)
    .filter((which) => stored[which] !== undefined)
    .flatMap((which) =>
      [...domains].map((domain) => setCookie(settings.names[which], "", { ...settings, domain }, secure)),
    );
}

/** Identifies a browser and a token, as well as a request without cookies allows. */
function landingKey(request: ShopRequest, avad: string): string {
  return sha256Hex(`${avad}\n${request.ipAddress() ?? ""}\n${request.header("user-agent") ?? ""}`);
}

function isDenied(decision: ConsentDecision): decision is "denied" | "privacy-signal" {
  return decision === "denied" || decision === "privacy-signal";
}
