import type { TrackableOrder, Tracker } from "@avantlink-s2s/core";
import { adapterOf, checkResolver } from "@avantlink-s2s/core/adapter";
import { confirmOrder } from "./confirm-order.ts";
import type { Host } from "./host.ts";
import { waitInline } from "./keep-delivering.ts";
import { rawRequest } from "./raw-request.ts";
import { plainCopy, unreadRequest } from "./unread-copy.ts";

/**
 * Finds the order that a response confirmed; nothing when it confirmed none. Called once, with copies of request and
 * response whose bodies are unread. A body above one mebibyte is not kept: reading it fails.
 */
export type ResolveOrder = (request: Request, response: Response) => TrackableOrder | Promise<TrackableOrder>;

/**
 * Wraps the handler that confirms orders. When it has answered 2xx or 304 to a GET or POST, the order is resolved and
 * accepted right before the response goes out; whatever fails there, the response stays as it is.
 */
export function trackOrders(
  tracker: Pick<Tracker, "trackClick">,
  resolveOrder: ResolveOrder,
  handler: (request: Request) => Response | Promise<Response>,
): (request: Request, host?: Host) => Promise<Response> {
  const adapter = adapterOf(tracker);
  checkResolver(resolveOrder);
  return async (request, host = {}) => {
    const { method } = request;
    const read = adapter.readRequest(() => rawRequest(adapter, { ...host, request }));
    const copy = unreadRequest(request, method, plainCopy);
    return confirmOrder(adapter, {
      method,
      respond: () => handler(request),
      resolveOrder: (response) => resolveOrder(copy.message, response),
      done: copy.discard,
      trackOrder: (order, options) => adapter.trackOrder(order, read, options),
      waitUntil: host.waitUntil,
      waitForDeliveryMs: waitInline(adapter, host.waitUntil),
    });
  };
}
