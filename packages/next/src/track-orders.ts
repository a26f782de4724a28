import type { TrackableOrder, Tracker } from "@avantlink-s2s/core";
import { adapterOf, checkResolver } from "@avantlink-s2s/core/adapter";
import { confirmOrder, readCopy, unreadRequest, waitInline } from "@avantlink-s2s/web/adapter";
import type { NextRequest } from "next/server.js";
import { afterResponse } from "./after-response.ts";
import { isRenderedAhead, renderedAhead } from "./rendered-ahead.ts";
import { requestCopy } from "./request-copy.ts";
import { pathOf, shopperRequest } from "./shopper-request.ts";

/**
 * Finds the order that a response confirmed; nothing when it confirmed none. Called once, with copies of request
 * and response whose bodies are unread. A body above one mebibyte is not kept: reading it fails.
 */
export type ResolveOrder<R extends Request = NextRequest> = (
  request: R,
  response: Response,
) => TrackableOrder | Promise<TrackableOrder>;

/**
 * Wraps the route handler that confirms orders. When it has answered 2xx or 304, the order is resolved and
 * accepted right before the response goes out; whatever fails there, the response stays as it is.
 */
export function trackOrders<R extends Request = NextRequest, A extends unknown[] = []>(
  tracker: Pick<Tracker, "trackClick">,
  resolveOrder: ResolveOrder<R>,
  handler: (request: R, ...rest: A) => Response | Promise<Response>,
): (request: R, ...rest: A) => Promise<Response> {
  // What is no tracker fails the build, not the shoppers.
  adapterOf(tracker);
  checkResolver(resolveOrder);

  return async (request, ...rest) => {
    const adapter = adapterOf(tracker);
    const { headers } = request;
    // Next runs a GET handler at build time if it reads nothing of the request, so reading it here keeps it dynamic. The
    // request of a static handler has no headers, and on Node 24 little else of it can be read.
    const ahead = isRenderedAhead(headers);
    const method = ahead ? "GET" : request.method;
    const read = ahead
      ? renderedAhead(adapter)
      : adapter.readRequest(() => shopperRequest(adapter, { method, headers, ownPath: pathOf(request.url) }));
    const copy = unreadRequest(request, method, requestCopy);
    return confirmOrder(adapter, {
      method,
      read,
      respond: () => handler(request, ...rest),
      resolveOrder: (response) => readCopy(copy, (unread) => resolveOrder(unread, response)),
      waitUntil: afterResponse,
      waitForDeliveryMs: waitInline(adapter),
    });
  };
}
