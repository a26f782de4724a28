import { trackClicks } from "@avantlink-s2s/next/proxy"; // AvantLink
import { tracker } from "./lib/tracker.ts"; // AvantLink

export const proxy = trackClicks(tracker); // AvantLink: remembers the affiliate's link that brought a visitor

// Pages only: a picture needs no proxy, nor does what no visitor opens. The home page stands by itself, since under a
// basePath the pattern misses it.
export const config = { matcher: ["/", "/((?!api/|_next/|products/.*\\.svg|mark.svg|shop.css).*)"] };
