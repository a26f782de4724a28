import { type Adapter, forwardedAddress } from "@avantlink-s2s/core/adapter";

// What each platform writes itself, whatever the client sent.
const PLATFORM_HEADERS = { vercel: "x-vercel-forwarded-for", cloudflare: "cf-connecting-ip" } as const;

/**
 * The shopper's IP address, as far as declared proxies vouch for it; without declared proxies it is the connection's
 * own, where the host knows that.
 */
export function shopperAddress(
  headers: Headers,
  trusted: Adapter["trustedProxies"],
  peer?: string,
): string | undefined {
  if (typeof trusted === "string") {
    return forwardedAddress(headers.get(PLATFORM_HEADERS[trusted]) ?? undefined, 1);
  }
  return forwardedAddress(headers.get("x-forwarded-for") ?? undefined, trusted, peer);
}
