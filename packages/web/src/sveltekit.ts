import { AvantLinkError, type TrackerOptions } from "@avantlink-s2s/core";
import { type CookieParts, cookieParts } from "@avantlink-s2s/core/adapter";
import { createTrackerOver, type Tracker } from "./create-tracker.ts";
import { type HostedRequest, waitUntilOf } from "./host.ts";
import { watchClicks } from "./track-clicks.ts";
import { type ResolveFrom, watchOrders } from "./track-orders.ts";

export * from "@avantlink-s2s/core";
export type { Tracker };

/** The attributes of a cookie, as SvelteKit's jar takes them. */
export type CookieOptions = Omit<CookieParts, "name" | "value"> & { readonly path: string };

/** What is read of SvelteKit's `RequestEvent`. */
export interface SvelteKitEvent {
  readonly request: Request;
  readonly url: URL;
  readonly isDataRequest: boolean;
  readonly platform?: unknown;
  readonly cookies: { set(name: string, value: string, options: CookieOptions): void };
  getClientAddress(): string;
}

/** What SvelteKit gives to `handle`. */
export interface HandleInput<Event> {
  readonly event: Event;
  readonly resolve: (event: Event) => Response | Promise<Response>;
}

// SvelteKit's documented origin while it prerenders, unless the shop sets `paths.origin`.
const PRERENDERING = "http://sveltekit-prerender";

/**
 * Makes a tracker whose `trackOrder` and `contextOf` take SvelteKit's event. See `createTracker` of the package's root. On a
 * prerendered page `trackOrder` rejects, so that the build fails: nobody would track the order of such a page later.
 */
export function createTracker(options: TrackerOptions = {}): Tracker<SvelteKitEvent> {
  return createTrackerOver(options, (event) => {
    if (event.url.origin === PRERENDERING)
      throw new AvantLinkError("order.static-page", {
        detail: "In SvelteKit, write `export const prerender = false` into it.",
      });
    return hosted(event);
  });
}

/** Looks for affiliate landings: `export const handle = trackClicks(tracker)` in `hooks.server.ts`. */
export function trackClicks(
  tracker: Pick<Tracker<never>, "trackClick">,
): <Event extends SvelteKitEvent>(input: HandleInput<Event>) => Promise<Response> {
  const watch = watchClicks(tracker, hosted, keepCookies);
  return ({ event, resolve }) => watch(event, () => resolve(event));
}

/** Wraps a handler of `+server.ts` that confirms orders. A page's `load` calls `tracker.trackOrder(order, event)`. */
export function trackOrders<Event extends SvelteKitEvent>(
  tracker: Pick<Tracker<never>, "trackClick">,
  resolveOrder: ResolveFrom<Event>,
  handler: (event: Event) => Response | Promise<Response>,
): (event: Event) => Promise<Response> {
  const watch = watchOrders<Event>(tracker, hosted, resolveOrder);
  return (event) => watch(event, () => handler(event));
}

/** SvelteKit sends what is in its jar with a redirect that a hook threw. */
function keepCookies({ cookies }: SvelteKitEvent, setCookies: readonly string[]): void {
  for (const { name, value, ...options } of setCookies.map(cookieParts)) {
    // SvelteKit's own default is a secure cookie, which a site on plain http cannot keep.
    cookies.set(name, value, { path: "/", secure: false, ...options });
  }
}

function hosted(event: SvelteKitEvent): HostedRequest {
  const { ctx, context } = Object(event.platform);
  return {
    request: event.request,
    url: event.isDataRequest ? event.url.href : undefined,
    waitUntil: waitUntilOf(ctx ?? context),
    ipAddress: () => event.getClientAddress(),
  };
}
