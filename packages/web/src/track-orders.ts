import type { TrackableOrder, Tracker } from "@avantlink-s2s/core";
import { adapterOf, checkResolver } from "@avantlink-s2s/core/adapter";
import { confirmOrder } from "./confirm-order.ts";
import { type Host, type HostedRequest, onPlatform, waitUntilOf } from "./host.ts";
import { waitInline } from "./keep-delivering.ts";
import { rawRequest } from "./raw-request.ts";
import { plainCopy, readCopy, type UnreadCopy, unreadRequest } from "./unread-copy.ts";

/** Finds the order that a framework's page showed. Gets a copy of the response whose body is unread. */
export type ResolveFrom<From> = (from: From, response: Response) => TrackableOrder | Promise<TrackableOrder>;

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
  checkResolver(resolveOrder);
  const watch = watchOrders<HostedRequest & { readonly copy: UnreadCopy<Request> }>(
    tracker,
    (hosted) => hosted,
    ({ copy }, response) => readCopy(copy, (request) => resolveOrder(request, response)),
  );
  return (request, host = {}) => {
    const copy = unreadRequest(request, request.method, plainCopy);
    return watch({ ...host, waitUntil: waitUntilOf(host), request, copy }, () => handler(request));
  };
}

/** Tracks the order that the shop's own handler, `next`, confirmed, in a framework whose event or context is `From`. */
export function watchOrders<From>(
  tracker: Pick<Tracker, "trackClick">,
  open: (from: From) => HostedRequest,
  resolveOrder: ResolveFrom<From>,
): (from: From, next: () => Response | Promise<Response>) => Promise<Response> {
  const adapter = adapterOf(tracker);
  checkResolver(resolveOrder);
  return async (from, next) => {
    const hosted = onPlatform(open(from));
    return confirmOrder(adapter, {
      method: hosted.request.method,
      read: adapter.readRequest(() => rawRequest(adapter, hosted)),
      respond: next,
      resolveOrder: (response) => resolveOrder(from, response),
      waitUntil: hosted.waitUntil,
      waitForDeliveryMs: waitInline(adapter, hosted.waitUntil),
    });
  };
}
