import { AvantLinkError, type TrackerOptions } from "@avantlink-s2s/core";
import { createTrackerOver, type Tracker } from "./create-tracker.ts";
import { type HostedRequest, waitUntilOf } from "./host.ts";
import { watchClicks } from "./track-clicks.ts";
import { type ResolveFrom, watchOrders } from "./track-orders.ts";

export * from "@avantlink-s2s/core";
export type { Tracker };

/** What is read of Astro's context, in middleware, in endpoints and as `Astro` in a page. */
export interface AstroContext {
  readonly request: Request;
  readonly clientAddress: string;
  readonly locals: object;
  /** Whether Astro renders the page once for everybody, at the build. */
  readonly isPrerendered?: boolean;
}

/**
 * Makes a tracker whose `trackOrder` and `contextOf` take Astro's context. See `createTracker` of the package's root. On a
 * prerendered page `trackOrder` rejects, so that the build fails: nobody would track the order of such a page later.
 */
export function createTracker(options: TrackerOptions = {}): Tracker<AstroContext> {
  return createTrackerOver(options, (context) => {
    if (context.isPrerendered === true)
      throw new AvantLinkError("order.static-page", {
        detail: "In Astro, write `export const prerender = false` into it.",
      });
    return hosted(context);
  });
}

/** Looks for affiliate landings: `export const onRequest = trackClicks(tracker)` in `src/middleware.ts`. */
export function trackClicks(
  tracker: Pick<Tracker<never>, "trackClick">,
): (context: AstroContext, next: () => Promise<Response>) => Promise<Response> {
  return watchClicks(tracker, hosted);
}

/** Wraps an endpoint that confirms orders. A page calls `tracker.trackOrder(order, Astro)`. */
export function trackOrders<Ctx extends AstroContext>(
  tracker: Pick<Tracker<never>, "trackClick">,
  resolveOrder: ResolveFrom<Ctx>,
  handler: (context: Ctx) => Response | Promise<Response>,
): (context: Ctx) => Promise<Response> {
  const watch = watchOrders<Ctx>(tracker, hosted, resolveOrder);
  return (context) => watch(context, () => handler(context));
}

function hosted(context: AstroContext): HostedRequest {
  // Cloudflare's adapter puts the Worker's own context here, under another name since its version 13.
  const { cfContext, runtime } = Object(context.locals);
  return {
    request: context.request,
    waitUntil: waitUntilOf(cfContext ?? runtime?.ctx),
    ipAddress: () => context.clientAddress,
  };
}
