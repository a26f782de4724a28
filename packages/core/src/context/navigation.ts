import { isbot } from "isbot";
import type { ShopRequest } from "./request.ts";

/** A browser opening a page: not a prefetch, a prerender, a HEAD, a subresource or a script's fetch. */
export function isPageVisit(request: ShopRequest): boolean {
  if (request.method !== "GET" || isSpeculative(request)) return false;
  if (request.header("x-nextjs-data") !== undefined) return false;
  const dest = request.header("sec-fetch-dest");
  const mode = request.header("sec-fetch-mode");
  if (dest !== undefined) return dest === "document" && (mode === undefined || mode === "navigate");
  if (mode !== undefined) return mode === "navigate";
  // Plain http sites and old browsers send no Sec-Fetch headers. There an image, a script or a fetch of another site's
  // page shows by not asking for HTML; a frame looks like a visit.
  return asksForPage(request);
}

/**
 * A request that a visitor's action on an open page made: another page, a form, or a framework's own fetch of the
 * next page. Its Referer shows which page that was.
 */
export function isVisitorAction(request: ShopRequest): boolean {
  if ((request.method !== "GET" && request.method !== "POST") || isSpeculative(request)) return false;
  const dest = request.header("sec-fetch-dest");
  if (dest !== undefined) return dest === "document" || dest === "empty";
  return request.method === "POST" || asksForPage(request);
}

// Every browser states what it accepts; a client that states nothing is taken for a visitor.
function asksForPage(request: ShopRequest): boolean {
  return request.header("accept")?.includes("text/html") ?? true;
}

function isSpeculative(request: ShopRequest): boolean {
  const names = ["sec-purpose", "purpose", "x-moz", "x-purpose"];
  const purpose = names.map((name) => request.header(name) ?? "").join(" ");
  return /prefetch|prerender|preview/i.test(purpose) || request.header("next-router-prefetch") !== undefined;
}

/**
 * The Referer, where it is a page of the same host, or of a subdomain of the cookies' domain. `siteUrl` may name
 * another host of the shop than the request's own, which counts too.
 */
export function sameSiteReferrer(request: ShopRequest, domain?: string): string | undefined {
  const referrer = request.header("referer");
  if (!referrer) return undefined;
  try {
    const [page, own] = [new URL(referrer), new URL(request.url)];
    if (page.host === own.host) return referrer;
    if (areWithin([page, own], domain) && fromSameSite(request)) return referrer;
    return page.host === new URL(request.origin()).host ? referrer : undefined;
  } catch {
    return undefined;
  }
}

// A page of another site cannot forge this header, and cannot send a Referer of ours either.
function fromSameSite(request: ShopRequest): boolean {
  const site = request.header("sec-fetch-site");
  return site === undefined || site === "same-site" || site === "same-origin";
}

/** Whether each of these addresses is of a domain or a subdomain, so that the domain's cookies are sent to it. */
export function areWithin(addresses: readonly URL[], domain: string | undefined): boolean {
  return domain !== undefined && addresses.every(({ hostname }) => isWithin(hostname, domain));
}

/** Whether a host is a domain's own or that of a subdomain. */
export function isWithin(hostname: string, domain: string): boolean {
  const parent = domain.replace(/^\./, "").toLowerCase();
  return hostname === parent || hostname.endsWith(`.${parent}`);
}

/**
 * Whether the client is a crawler or a link preview, by a list that is kept up to date elsewhere. A headless Chrome is
 * not: the browser tests of a shop run in one, and their clicks must count.
 */
export function isCrawler(request: ShopRequest): boolean {
  return isbot(request.header("user-agent")?.replace("HeadlessChrome", "Chrome"));
}
