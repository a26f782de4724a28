import type { TrackerOptions } from "@avantlink-s2s/core";
import { NO_SHARED_CACHE } from "@avantlink-s2s/core/adapter";
import { type H3Event, type Middleware, toResponse } from "h3";
import { createTrackerOver, type Tracker } from "./create-tracker.ts";
import { type HostedRequest, waitUntilOf } from "./host.ts";
import { watchClicks } from "./track-clicks.ts";
import { type ResolveFrom, watchOrders } from "./track-orders.ts";

export * from "@avantlink-s2s/core";
export type { Tracker };

/** Makes a tracker whose `trackOrder` and `contextOf` take h3's event. See `createTracker` of the package's root. */
export function createTracker(options: TrackerOptions = {}): Tracker<H3Event> {
  return createTrackerOver(options, hosted);
}

/** Middleware that looks for affiliate landings: `app.use(trackClicks(tracker))`, before the shop's pages. */
export function trackClicks(tracker: Pick<Tracker<never>, "trackClick">): Middleware {
  const watch = watchClicks(tracker, hosted, keepCookies);
  return (event, next) => watch(event, async () => toResponse(await next(), event));
}

/** Middleware for the confirmation route: `app.use("/thank-you", trackOrders(tracker, (event) => event.context.order))`. */
export function trackOrders(
  tracker: Pick<Tracker<never>, "trackClick">,
  resolveOrder: ResolveFrom<H3Event>,
): Middleware {
  const watch = watchOrders<H3Event>(tracker, hosted, resolveOrder);
  return (event, next) => watch(event, async () => toResponse(await next(), event));
}

/** h3 makes a response of its own of an error that a handler throws, with these headers. */
function keepCookies({ res: { errHeaders } }: H3Event, setCookies: readonly string[]): void {
  for (const line of setCookies) errHeaders.append("set-cookie", line);
  if (setCookies.length > 0) errHeaders.set("cache-control", NO_SHARED_CACHE);
}

function hosted(event: H3Event): HostedRequest {
  const { req } = event;
  return { request: req, waitUntil: waitUntilOf(req), ipAddress: () => req.ip };
}
