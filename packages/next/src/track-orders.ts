import type { Receipt, TrackableOrder, Tracker, TrackingContext } from "@avantlink-s2s/core";
import { adapterAccess, isConfirmation, within } from "@avantlink-s2s/core/adapter";
import type { NextRequest } from "next/server.js";
import { afterResponse } from "./after-response.ts";
import { keepDelivering, PATIENCE_MS, waitInline } from "./keep-delivering.ts";
import { isRenderedAhead, renderedAhead } from "./rendered-ahead.ts";
import { pathOf, shopper } from "./shopper.ts";
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
  tracker: Tracker,
  resolveOrder: ResolveOrder<R>,
  handler: (request: R, ...rest: A) => Response | Promise<Response>,
): (request: R, ...rest: A) => Promise<Response> {
  // What is no tracker fails the build, not the shoppers.
  adapterAccess(tracker);

  async function track(
    request: R,
    response: Response,
    context: TrackingContext | undefined,
  ): Promise<Receipt> {
    const access = adapterAccess(tracker);
    const order = await access.resolve(async () => {
      const copy = unreadResponse(response);
      try {
        return await resolveOrder(request, copy.message);
      } finally {
        copy.discard();
      }
    });
    if (!context) return access.turnAway(order, renderedAhead(access));
    return tracker.trackOrder(order, context, { waitForDeliveryMs: waitInline(access) });
  }

  return async (request, ...rest) => {
    const access = adapterAccess(tracker);
    const { headers } = request;
    // Next runs a GET handler ahead if it reads nothing of the request, so reading it here keeps it dynamic. The
    // request of one that is static all the same has no headers, and on Node 24 little else can be read of it.
    const ahead = isRenderedAhead(headers);
    if (ahead) renderedAhead(access);
    const method = ahead ? "GET" : request.method;
    if (method === "HEAD" || method === "OPTIONS") return handler(request, ...rest);
    const context = ahead
      ? undefined
      : access.read(shopper(access, { method, headers, ownPath: pathOf(request.url) }));
    const copy = unreadRequest(request, method);
    let tracking: Promise<Receipt> | undefined;
    try {
      const response = await handler(request, ...rest);
      if (!(response instanceof Response) || !isConfirmation(method, response.status)) return response;
      tracking = track(copy.message, response, context).finally(copy.discard);
      access.confirming(tracking);
      keepDelivering(access, tracking, afterResponse);
      await within(tracking, PATIENCE_MS + waitInline(access), access.runtime);
      return response;
    } finally {
      if (!tracking) copy.discard();
    }
  };
}
