import { type Adapter, forwardedAddress } from "@avantlink-s2s/core/adapter";

// What each platform writes itself, whatever the client sent.
const PLATFORM_HEADERS = { vercel: "x-vercel-forwarded-for", cloudflare: "cf-connecting-ip" } as const;

/**
 * The shopper's IP address, as far as declared proxies vouch for it. Next passes on the X-Forwarded-For that a
 * client sent and never adds the connection's own address, so without declared proxies there is none.
 */
export function shopperAddress(headers: Headers, trusted: Adapter["trustedProxies"]): string | undefined {
  if (typeof trusted === "string") {
    return forwardedAddress(headers.get(PLATFORM_HEADERS[trusted]) ?? undefined, 1);
  }
  return forwardedAddress(headers.get("x-forwarded-for") ?? undefined, trusted);
}
