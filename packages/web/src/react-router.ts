import type { TrackerOptions } from "@avantlink-s2s/core";
import { createTrackerOver, type Tracker } from "./create-tracker.ts";
import { type HostedRequest, waitUntilOf } from "./host.ts";
import { watchClicks } from "./track-clicks.ts";
import { type ResolveFrom, watchOrders } from "./track-orders.ts";

export * from "@avantlink-s2s/core";
export type { Tracker };

/** What React Router gives to middleware, loaders and actions on the server, as far as it is read. */
export interface RouteArgs {
  readonly request: Request;
  /** Without the marks of a request for a page's data. React Router 7 has none: there the request's own address is. */
  readonly url?: URL | undefined;
  /** Hydrogen has `waitUntil` here. */
  readonly context?: unknown;
}

/** Middleware of a route, for its `middleware` export. */
export type RouteMiddleware = <Args extends RouteArgs>(
  args: Args,
  next: () => Promise<Response>,
) => Promise<Response>;

/** Makes a tracker whose `trackOrder` and `contextOf` take a loader's or action's arguments. See the package's root. */
export function createTracker(options: TrackerOptions = {}): Tracker<RouteArgs> {
  return createTrackerOver(options, hosted);
}

/** Looks for affiliate landings: `export const middleware = [trackClicks(tracker)]` in `root.tsx`. */
export function trackClicks(tracker: Pick<Tracker<never>, "trackClick">): RouteMiddleware {
  return watchClicks(tracker, hosted);
}

/** Middleware of the confirmation route. The route's loader puts the order where `resolveOrder` finds it. */
export function trackOrders<Args extends RouteArgs>(
  tracker: Pick<Tracker<never>, "trackClick">,
  resolveOrder: ResolveFrom<Args>,
): (args: Args, next: () => Promise<Response>) => Promise<Response> {
  return watchOrders<Args>(tracker, hosted, resolveOrder);
}

function hosted({ request, url, context }: RouteArgs): HostedRequest {
  return { request, url: url?.href, waitUntil: waitUntilOf(context) };
}
