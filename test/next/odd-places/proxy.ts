import { trackClicks } from "@avantlink-s2s/next/proxy";
import { tracker } from "./tracker.ts";

export const proxy = trackClicks(tracker);
// As a shop's own matcher often is: it leaves out what is under /api.
export const config = { matcher: ["/", "/((?!api/|_next/).*)"] };
