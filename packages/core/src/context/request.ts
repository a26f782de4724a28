/**
 * What an adapter reads off its framework's request, once. Web-standard, so that every adapter and runtime gives
 * the same.
 */
export interface ShopRequest {
  /** The HTTP method, in upper case. */
  readonly method: string;
  /** The page as the shopper's browser knows it: absolute where the host is known, else path and raw query. */
  readonly url: string;
  /** A request header by its lower-case name. */
  header(name: string): string | undefined;
  /** All request headers; asked for only when the shop has a consent hook. */
  headers(): Headers;
  /** The shopper's IP address, where trusted proxies or the connection tell it. */
  readonly ipAddress?: string | undefined;
}

/** What the shop's consent hook is given. */
export interface ConsentRequest {
  /** The page, as in {@link ShopRequest.url}. */
  readonly url: string;
  /** The request's headers. */
  readonly headers: Headers;
  /** The request's cookies by name, decoded. */
  readonly cookies: Readonly<Record<string, string>>;
}

const HOST = /^[\w.-]+(?::\d{1,5})?$|^\[[\da-f:.]+\](?::\d{1,5})?$/i;

/** Whether a header's value is a host with or without port, and nothing else. */
export function isHost(value: string): boolean {
  return HOST.test(value);
}

/** A browser opening a page: not a prefetch, a prerender, a HEAD, a subresource or a script's fetch. */
export function isPageVisit(request: ShopRequest): boolean {
  if (request.method !== "GET" || isSpeculative(request)) return false;
  if (request.header("x-nextjs-data") !== undefined) return false;
  const dest = request.header("sec-fetch-dest");
  const mode = request.header("sec-fetch-mode");
  if (dest !== undefined) return dest === "document" && (mode === undefined || mode === "navigate");
  if (mode !== undefined) return mode === "navigate";
  // Plain-http sites get no Sec-Fetch headers. There a script's fetch shows by coming from one of the site's own
  // pages and asking for no page; a client that says nothing of itself is taken for a visitor.
  const accept = request.header("accept");
  return accept === undefined || accept.includes("text/html") || sameSiteReferrer(request) === undefined;
}

/**
 * A request that a visitor's action on an open page made: another page, a form, or a framework's own fetch of the
 * next one. It shows by its Referer which page that was.
 */
export function isVisitorAction(request: ShopRequest): boolean {
  if ((request.method !== "GET" && request.method !== "POST") || isSpeculative(request)) return false;
  const dest = request.header("sec-fetch-dest");
  if (dest !== undefined) return dest === "document" || dest === "empty";
  const accept = request.header("accept");
  return request.method === "POST" || accept === undefined || accept.includes("text/html");
}

function isSpeculative(request: ShopRequest): boolean {
  const purpose = `${request.header("sec-purpose") ?? ""} ${request.header("purpose") ?? ""} ${request.header("x-moz") ?? ""}`;
  return /prefetch|prerender|preview/i.test(purpose) || request.header("next-router-prefetch") !== undefined;
}

/** The Referer, where it is a page of the same site. */
export function sameSiteReferrer(request: ShopRequest): string | undefined {
  const referrer = request.header("referer");
  if (!referrer) return undefined;
  try {
    return new URL(referrer).host === new URL(request.url).host ? referrer : undefined;
  } catch {
    return undefined;
  }
}
