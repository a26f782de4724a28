/** What Cache-Control becomes on a response with a visitor's cookies, so that no cache hands them to another. */
export const NO_SHARED_CACHE = "private, no-store";

/** The headers by which shared caches go instead, where they are set. */
export const SHARED_CACHE_HEADERS = [
  "cdn-cache-control",
  "surrogate-control",
  "vercel-cdn-cache-control",
  "cloudflare-cdn-cache-control",
  "netlify-cdn-cache-control",
  "edge-control",
] as const;
