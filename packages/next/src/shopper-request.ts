import { type Adapter, originOf, type RawRequest } from "@avantlink-s2s/core/adapter";
import { firstOf, hasProxies, shopperAddress } from "@avantlink-s2s/web/adapter";
import { withBasePath } from "./base-path.ts";

/**
 * The request header in which the proxy passes path and query to the page, behind `HEAD ` where the request is one: Next
 * renders a page for it as for a GET. The proxy always overwrites the header.
 */
export const PATH_HEADER = "x-avantlink-path";
const HEAD = "HEAD ";

/** The parts of a request that every place in Next has. */
export interface SeenRequest {
  readonly method: string;
  readonly headers: Headers;
  /** The address as Next has it. Of use for a landing only. */
  readonly serverUrl?: string | undefined;
  /** Path and query where they are known better than from {@link PATH_HEADER}. */
  readonly path?: string | undefined;
  /** The route's own path and query, which lack the base path, where no header has them. */
  readonly ownPath?: string | undefined;
}

/** The proxy's word to the page, in {@link PATH_HEADER}. */
export function passedPath(method: string, path: string): string {
  return method === "HEAD" ? HEAD + path : path;
}

/** The request as core reads it. */
export function shopperRequest(adapter: Adapter, seen: SeenRequest): RawRequest {
  const { headers } = seen;
  const passed = headers.get(PATH_HEADER);
  const isHead = passed?.startsWith(HEAD) === true;
  const ownPath = seen.ownPath === undefined ? undefined : withBasePath(seen.ownPath);
  return {
    source: headers,
    method: isHead ? "HEAD" : seen.method,
    target: seen.path ?? (isHead ? passed.slice(HEAD.length) : passed) ?? ownPath,
    origin: () => publicOrigin(adapter, headers),
    serverUrl: seen.serverUrl,
    header: (name) => headers.get(name) ?? undefined,
    headers: () => withoutOurs(headers),
    ipAddress: () => shopperAddress(headers, adapter.trustedProxies),
  };
}

/** Path and query of an absolute address. Its host is Next's own, not the public one. */
export function pathOf(url: string): string {
  const { pathname, search } = new URL(url, "http://localhost");
  return pathname + search;
}

function publicOrigin(adapter: Adapter, headers: Headers): string {
  const own = headers.get("host") ?? "";
  // After a Server Action's redirect Next fetches the page from itself, by its loopback name.
  const forwarded = hasProxies(adapter) || isLoopback(own) ? firstOf(headers.get("x-forwarded-host")) : "";
  return originOf(firstOf(headers.get("x-forwarded-proto")).toLowerCase(), forwarded || own);
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1?\]|0\.0\.0\.0)(?::\d+)?$/i.test(host);
}

function withoutOurs(headers: Headers): Headers {
  const copy = new Headers(headers);
  copy.delete(PATH_HEADER);
  return copy;
}
