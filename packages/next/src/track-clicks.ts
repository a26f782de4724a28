import { createTracker, type Tracker, type TrackerOptions } from "@avantlink-s2s/core";
import { adapterOf } from "@avantlink-s2s/core/adapter";
import { afterLanding, answerLanding } from "@avantlink-s2s/web/adapter";
import type { NextFetchEvent, NextMiddleware, NextRequest } from "next/server.js";
import { keepBasePath } from "./base-path.ts";
import { fillUsedJar } from "./cookie-jar.ts";
import { proxiedResponse } from "./proxied-response.ts";
import { passedPath, pathOf, shopperRequest } from "./shopper-request.ts";

/** The options of a proxy that has no tracker at hand: those of `createTracker` that bear on clicks. */
export type ClickOptions = Omit<TrackerOptions, "outbox" | "deliver">;

/** What `proxy.ts` (`middleware.ts` before Next 16) exports. Tests and other proxies may leave the event out. */
export type ClickProxy = (request: NextRequest, event?: NextFetchEvent) => Promise<Response>;

/**
 * A proxy that looks for affiliate landings (`?avad=…`): it keeps the click in first-party cookies and reports it.
 * It also passes the page's path to `trackOrder`. Give it the tracker or, on the edge runtime, plain options; the
 * shop's own proxy goes on the inside, and its rewrites, redirects, headers and cookies stay.
 */
export function trackClicks(
  trackerOrOptions: Pick<Tracker, "trackClick"> | ClickOptions,
  proxy?: NextMiddleware,
): ClickProxy {
  const tracker = isTracker(trackerOrOptions) ? trackerOrOptions : createTracker(trackerOrOptions);
  return async (request, event) => {
    const adapter = adapterOf(tracker);
    // A test may call the proxy with a plain request.
    keepBasePath(request.nextUrl?.basePath);
    const { method, headers, url: serverUrl } = request;
    const path = pathOf(serverUrl);
    const landing = adapter.readLanding(() => shopperRequest(adapter, { method, headers, path, serverUrl }));
    const waitUntil = event && ((work: Promise<unknown>) => event.waitUntil(work));
    const answered = () => proxy?.(request, event as NextFetchEvent);
    const response = await answerLanding(adapter, landing, waitUntil, answered);
    const answer = proxiedResponse(request, response ?? undefined, {
      path: passedPath(method, path),
      setCookies: landing.setCookies,
    });
    if (proxy && landing.setCookies.length > 0) await fillUsedJar(answer.headers.getSetCookie());
    afterLanding(adapter, landing, answer, waitUntil);
    return answer;
  };
}

function isTracker(given: Pick<Tracker, "trackClick"> | ClickOptions): given is Pick<Tracker, "trackClick"> {
  return "trackClick" in given;
}
