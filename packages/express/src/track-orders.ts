import type { TrackableOrder, Tracker, TrackingContext } from "@avantlink-s2s/core";
import { adapterAccess, isConfirmation } from "@avantlink-s2s/core/adapter";
import type { Request, RequestHandler, Response } from "express";
import { whenAnswered } from "./answered.ts";
import { contextLater } from "./context-of.ts";

/** Finds the order that a confirmation page showed; nothing when it showed none. Called once, after the response. */
export type ResolveOrder = (request: Request, response: Response) => TrackableOrder | Promise<TrackableOrder>;

/**
 * Middleware for the confirmation route. When the shop has answered 2xx or 304, the order is resolved and tracked,
 * after the response: the page never waits, and whatever fails, it stays as it is. The handler, when given, is the
 * route's own.
 */
export function trackOrders(
  tracker: Tracker,
  resolveOrder: ResolveOrder,
  handler?: RequestHandler,
): RequestHandler {
  const access = adapterAccess(tracker);

  function watch(request: Request, response: Response): void {
    // Taken now: later the request may have been recycled by the host.
    const context = contextLater(access, request);
    whenAnswered(response, () => {
      if (isConfirmation(request.method, response.statusCode))
        access.confirming(confirm(request, response, context));
    });
  }

  async function confirm(
    request: Request,
    response: Response,
    context: () => TrackingContext,
  ): Promise<void> {
    // Behind whatever else the host does at the end of a response.
    await new Promise(setImmediate);
    const order = await access.resolve(() => resolveOrder(request, response));
    await tracker.trackOrder(order, context());
  }

  return (request, response, next) => {
    try {
      watch(request, response);
    } catch (cause) {
      access.threw("trackOrders", cause);
    }
    return handler ? handler(request, response, next) : next();
  };
}
