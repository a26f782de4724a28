import { type Adapter, originOf, type RawRequest } from "@avantlink-s2s/core/adapter";
import { shopperAddress } from "./client-address.ts";
import type { HostedRequest } from "./host.ts";

/** A web request as core reads it. */
export function rawRequest(adapter: Adapter, { request, url, ipAddress }: HostedRequest): RawRequest {
  const { method } = request;
  const headers = readableHeaders(request.headers);
  return {
    source: request,
    method,
    // Core reads path and query of it, and asks `origin` for the rest.
    target: url ?? request.url,
    origin: () => publicOrigin(adapter, request.url, headers),
    serverUrl: request.url,
    header: (name) => headers.get(name) ?? undefined,
    headers: () => new Headers(headers),
    ipAddress: () => shopperAddress(headers, adapter.trustedProxies, ipAddress?.()),
  };
}

/** In plain JavaScript a request of Node.js may stand here, whose headers are a plain object. */
function readableHeaders(given: Headers): Headers {
  return typeof given.get === "function" ? given : new Headers(Object.entries(given));
}

/** Scheme and host as the shopper's browser knows them; what proxies say of them counts where proxies are declared. */
function publicOrigin(adapter: Adapter, url: string, headers: Headers): string {
  const { protocol, host } = new URL(url, "http://localhost");
  const forwarded = (name: string) => (hasProxies(adapter) ? firstOf(headers.get(name)) : "");
  return originOf(
    forwarded("x-forwarded-proto").toLowerCase() || protocol.slice(0, -1),
    forwarded("x-forwarded-host") || headers.get("host") || host,
  );
}

/** Whether the shop declared proxies in front of it. */
export function hasProxies({ trustedProxies }: Adapter): boolean {
  return typeof trustedProxies === "object" ? trustedProxies.length > 0 : trustedProxies !== 0;
}

/** The first value of a header that proxies append to. */
export function firstOf(list: string | null): string {
  return (list ?? "").split(",", 1)[0]?.trim() ?? "";
}
