import type { TrackableOrder, Tracker } from "@avantlink-s2s/core";
import { adapterOf, checkResolver, isConfirmation, type ReadRequest } from "@avantlink-s2s/core/adapter";
import type { Request, RequestHandler, Response } from "express";
import { rawRequest } from "./raw-request.ts";
import { whenAnswered } from "./when-answered.ts";

/**
 * Finds the order that a confirmation page showed; `undefined` when the page showed none. Called when the page's status
 * is out, and once more at the end of the response if there was no order yet. A function that throws while the
 * page is still written is called once more, too.
 */
export type ResolveOrder = (request: Request, response: Response) => TrackableOrder | Promise<TrackableOrder>;

/**
 * Middleware for the confirmation route. When the shop answers 2xx or 304, the order is resolved and tracked beside the
 * response: the page never waits, and whatever fails, the page stays as it is. The handler, when given, is the route's
 * own.
 */
export function trackOrders(
  tracker: Tracker<never>,
  resolveOrder: ResolveOrder,
  handler?: RequestHandler,
): RequestHandler {
  const adapter = adapterOf(tracker);
  checkResolver(resolveOrder);

  function watch(request: Request, response: Response): void {
    // Read now: later the host may have recycled the request.
    const read = adapter.readRequest(() => rawRequest(request));
    whenAnswered(response, adapter.runtime, (ended) => {
      if (isConfirmation(request.method, response.statusCode))
        adapter.duringConfirmation(confirm(request, response, read, ended));
      else adapter.notConfirmed(request.method, response.statusCode);
    });
  }

  async function confirm(
    request: Request,
    response: Response,
    read: ReadRequest,
    ended: Promise<void>,
  ): Promise<void> {
    const resolve = () => adapter.resolveOrder(() => resolveOrder(request, response));
    const isWhole = response.writableEnded;
    let resolved = await resolve();
    // Reading the order may have thrown only because a page that streams did not know it yet.
    if (resolved.status === "threw" ? !isWhole : !resolved.order) {
      await ended;
      resolved = await resolve();
    }
    if (resolved.status === "resolved") await adapter.trackOrder(resolved.order, read);
  }

  return (request, response, next) => {
    try {
      watch(request, response);
    } catch (cause) {
      adapter.hookThrew("trackOrders", cause);
    }
    return handler ? handler(request, response, next) : next();
  };
}
