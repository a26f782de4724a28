import { createTracker, type Tracker, type TrackerOptions } from "@avantlink-s2s/core";
import { type AdapterAccess, adapterAccess, type Landing } from "@avantlink-s2s/core/adapter";
import type { NextFetchEvent, NextMiddleware, NextRequest } from "next/server.js";
import { fillUsedJar } from "./cookie-jar.ts";
import { proxiedResponse } from "./proxied-response.ts";
import { pathOf, shopper } from "./shopper.ts";

/** The options of a proxy that has no tracker at hand: those of `createTracker` that bear on clicks. */
export type ClickOptions = Omit<TrackerOptions, "outbox" | "deliver">;

/** What `proxy.ts` (`middleware.ts` before Next 16) exports. */
export type ClickProxy = (request: NextRequest, event: NextFetchEvent) => Promise<Response>;

// A server that is told to stop waits for what was promised to it, so there is a hard end to it.
const DELIVERY_MS = 5_000;
const NOTHING: Landing = { setCookies: [] };

/**
 * A proxy that notices affiliate landings (`?avad=…`): it keeps the click in first-party cookies and reports it.
 * It also tells the page's path to `trackOrder`. Give it the tracker or, on the edge runtime, plain options; the
 * shop's own proxy goes on the inside, and its rewrites, redirects, headers and cookies stay.
 */
export function trackClicks(trackerOrOptions: Tracker | ClickOptions, proxy?: NextMiddleware): ClickProxy {
  const tracker = isTracker(trackerOrOptions) ? trackerOrOptions : createTracker(trackerOrOptions);
  return async (request, event) => {
    const path = pathOf(request.url);
    const { click, setCookies } = land(adapterAccess(tracker), request, path);
    if (click) event.waitUntil(tracker.trackClick(click, { waitForDeliveryMs: DELIVERY_MS }));
    const response = await proxy?.(request, event);
    const answer = proxiedResponse(request, response ?? undefined, { path, setCookies });
    if (proxy && setCookies.length > 0) await fillUsedJar(answer.headers.getSetCookie());
    return answer;
  };
}

function land(access: AdapterAccess, { method, headers }: NextRequest, path: string): Landing {
  try {
    return access.land(shopper(access, { method, headers, path }));
  } catch (cause) {
    access.threw("trackClicks", cause);
    return NOTHING;
  }
}

function isTracker(given: Tracker | ClickOptions): given is Tracker {
  return "trackClick" in given;
}
