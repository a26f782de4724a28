import type { Receipt, TrackableOrder, Tracker } from "@avantlink-s2s/core";
import {
  adapterOf,
  isConfirmation,
  isConfirmingMethod,
  type ReadRequest,
  within,
} from "@avantlink-s2s/core/adapter";
import type { NextRequest } from "next/server.js";
import { afterResponse } from "./after-response.ts";
import { keepDelivering, MAX_RESOLVE_MS, waitInline } from "./keep-delivering.ts";
import { isRenderedAhead, renderedAhead } from "./rendered-ahead.ts";
import { pathOf, shopperRequest } from "./shopper-request.ts";
import { unreadRequest, unreadResponse } from "./unread-copy.ts";

/**
 * Finds the order that a response confirmed; nothing when it confirmed none. Called once, with copies of request
 * and response whose bodies are unread. A body of more than a mebibyte is not kept: reading it fails.
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

  async function track(
    request: R,
    response: Response,
    read: ReadRequest | undefined,
  ): Promise<Receipt | undefined> {
    const adapter = adapterOf(tracker);
    const resolved = await adapter.resolveOrder(async () => {
      const copy = unreadResponse(response);
      try {
        return await resolveOrder(request, copy.message);
      } finally {
        copy.discard();
      }
    });
    if (resolved.status === "threw") return undefined;
    if (!read) return adapter.rejectOrder(resolved.order, renderedAhead(adapter));
    return adapter.trackOrder(resolved.order, read, { waitForDeliveryMs: waitInline(adapter) });
  }

  return async (request, ...rest) => {
    const adapter = adapterOf(tracker);
    const { headers } = request;
    // Next runs a GET handler at build time if it reads nothing of the request, so reading it here keeps it dynamic. The
    // request of a static handler has no headers, and on Node 24 little else of it can be read.
    const ahead = isRenderedAhead(headers);
    if (ahead) renderedAhead(adapter);
    const method = ahead ? "GET" : request.method;
    if (!isConfirmingMethod(method)) return handler(request, ...rest);
    const read = ahead
      ? undefined
      : adapter.readRequest(() => shopperRequest(adapter, { method, headers, ownPath: pathOf(request.url) }));
    const copy = unreadRequest(request, method);
    let tracking: Promise<Receipt | undefined> | undefined;
    try {
      const response = await handler(request, ...rest);
      if (!(response instanceof Response)) return response;
      if (!isConfirmation(method, response.status)) {
        adapter.notConfirmed(response.status);
        return response;
      }
      tracking = track(copy.message, response, read).finally(copy.discard);
      adapter.duringConfirmation(tracking);
      keepDelivering(adapter, tracking, afterResponse);
      await within(tracking, MAX_RESOLVE_MS + waitInline(adapter), adapter.runtime);
      return response;
    } finally {
      if (!tracking) copy.discard();
    }
  };
}
