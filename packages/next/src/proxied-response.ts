import { NO_SHARED_CACHE, SHARED_CACHE_HEADERS } from "@avantlink-s2s/core/adapter";
import type { NextRequest } from "next/server.js";
import { withCookies } from "./request-cookies.ts";
import { PATH_HEADER } from "./shopper-request.ts";

// The headers by which NextResponse directs Next. They are read here from the answer of the shop's proxy, so they are
// written here too: next/server takes four times as long to load as this package.
const GO_ON = "x-middleware-next";
const OVERRIDE = "x-middleware-override-headers";
const OVERRIDDEN = "x-middleware-request-";

/** What the proxy adds to whatever the shop's own proxy answered. */
export interface Additions {
  /** Path and query of the page, for what renders it. */
  readonly path: string;
  /** Set-Cookie lines, for the browser and for what renders the page. */
  readonly setCookies: readonly string[];
}

/** The shop's answer with ours added. Redirects, rewrites, headers and cookies of the shop's stay as they are. */
export function proxiedResponse(
  request: NextRequest,
  given: Response | undefined,
  { path, setCookies }: Additions,
): Response {
  const response = given ?? new Response(null, { headers: { [GO_ON]: "1" } });
  const rendered = isRendered(response, request);
  if (!rendered && setCookies.length === 0) return response;

  const headers = new Headers(response.headers);
  for (const line of setCookies) headers.append("set-cookie", line);
  // What the shop configures beside its proxy cannot be seen from here, so each of these is set.
  for (const name of setCookies.length > 0 ? ["cache-control", ...SHARED_CACHE_HEADERS] : []) {
    headers.set(name, NO_SHARED_CACHE);
  }
  if (rendered) {
    const passedOn = requestHeaders(request, headers);
    passedOn.set(PATH_HEADER, path);
    if (setCookies.length > 0) passedOn.set("cookie", withCookies(passedOn.get("cookie"), setCookies));
    for (const [name, value] of passedOn) headers.set(OVERRIDDEN + name, value);
    headers.set(OVERRIDE, [...passedOn.keys()].join(","));
  }
  // Built anew, since the headers of `Response.redirect()` and of a fetched response cannot be changed.
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

/** Whether this server goes on to render the request. */
function isRendered({ headers }: Response, { nextUrl }: NextRequest): boolean {
  if (headers.get(GO_ON) === "1") return true;
  const rewrite = headers.get("x-middleware-rewrite");
  // Another server has no use for our headers.
  return (
    rewrite !== null &&
    URL.canParse(rewrite, nextUrl.href) &&
    new URL(rewrite, nextUrl.href).host === nextUrl.host
  );
}

/** The request's headers as the shop's proxy passes them on. */
function requestHeaders(request: NextRequest, response: Headers): Headers {
  const overridden = response.get(OVERRIDE);
  if (overridden === null) return new Headers(request.headers);
  const headers = new Headers();
  for (const name of overridden.split(",")) {
    const value = response.get(OVERRIDDEN + name);
    if (value !== null) headers.set(name, value);
  }
  return headers;
}
