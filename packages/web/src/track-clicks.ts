import type { Tracker } from "@avantlink-s2s/core";
import { adapterOf } from "@avantlink-s2s/core/adapter";
import { type Host, type HostedRequest, onPlatform, waitUntilOf } from "./host.ts";
import { afterLanding, answerLanding, privateResponse } from "./landing-response.ts";
import { rawRequest } from "./raw-request.ts";

/** Answers a request by the shop's own handler, `next`, and looks whether it is an affiliate landing. */
export type ClickHandler = (
  request: Request,
  next: () => Response | Promise<Response>,
  host?: Host,
) => Promise<Response>;

/**
 * Looks for affiliate landings (`?avad=…`): keeps the click in first-party cookies and reports it. A request without
 * `avad` passes untouched. Call it around all of the shop's pages.
 */
export function trackClicks(tracker: Pick<Tracker, "trackClick">): ClickHandler {
  const watch = watchClicks<HostedRequest>(tracker, (hosted) => hosted);
  return (request, next, host) => watch({ ...host, waitUntil: waitUntilOf(host), request }, next);
}

/**
 * The same for a framework whose event or context is `From`. `keepCookies` gives Set-Cookie lines to a framework that
 * makes the response itself of what was thrown.
 */
export function watchClicks<From>(
  tracker: Pick<Tracker, "trackClick">,
  open: (from: From) => HostedRequest,
  keepCookies?: (from: From, setCookies: readonly string[]) => void,
): (from: From, next: () => Response | Promise<Response>) => Promise<Response> {
  const adapter = adapterOf(tracker);
  return async (from, next) => {
    const hosted = onPlatform(open(from));
    const landing = adapter.readLanding(() => rawRequest(adapter, hosted));
    const keep = (setCookies: readonly string[]) => keepCookies?.(from, setCookies);
    const response = await answerLanding(adapter, landing, hosted.waitUntil, next, keep);
    // What is no response is the framework's to complain about.
    if (!response?.headers) return response;
    afterLanding(adapter, landing, response, hosted.waitUntil);
    return privateResponse(response, landing.setCookies);
  };
}
