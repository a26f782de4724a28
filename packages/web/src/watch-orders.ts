import type { TrackableOrder, Tracker } from "@avantlink-s2s/core";
import { adapterOf, checkResolver } from "@avantlink-s2s/core/adapter";
import { confirmOrder } from "./confirm-order.ts";
import type { HostedRequest } from "./host.ts";
import { waitInline } from "./keep-delivering.ts";
import { rawRequest } from "./raw-request.ts";

/** Finds the order that a framework's page showed. Gets a copy of the response whose body is unread. */
export type ResolveFrom<From> = (from: From, response: Response) => TrackableOrder | Promise<TrackableOrder>;

/** Tracks the order that the shop's own handler, `next`, confirmed, in a framework whose event or context is `From`. */
export function watchOrders<From>(
  tracker: Pick<Tracker, "trackClick">,
  open: (from: From) => HostedRequest,
  resolveOrder: ResolveFrom<From>,
): (from: From, next: () => Response | Promise<Response>) => Promise<Response> {
  const adapter = adapterOf(tracker);
  checkResolver(resolveOrder);
  return async (from, next) => {
    const hosted = open(from);
    const { method } = hosted.request;
    const read = adapter.readRequest(() => rawRequest(adapter, hosted));
    return confirmOrder(adapter, {
      method,
      respond: next,
      resolveOrder: (copy) => resolveOrder(from, copy),
      trackOrder: (order, options) => adapter.trackOrder(order, read, options),
      waitUntil: hosted.waitUntil,
      waitForDeliveryMs: waitInline(adapter, hosted.waitUntil),
    });
  };
}
