import type { Runtime, TrackableOrder, Tracker } from "@avantlink-s2s/core";
import { adapterOf, checkResolver, isConfirmation, type ReadRequest } from "@avantlink-s2s/core/adapter";
import type { Request, RequestHandler, Response } from "express";
import { rawRequest } from "./raw-request.ts";

/** How long a handler may go on for a shopper who left in the middle of the page. A pipe never ends it. */
const MAX_HANDLER_MS = 10_000;

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

  async function confirm(request: Request, response: Response, read: ReadRequest): Promise<void> {
    const resolve = () => adapter.resolveOrder(() => resolveOrder(request, response));
    const isWhole = response.writableEnded;
    let resolved = await resolve();
    // Reading the order may have thrown only because a page that streams did not know it yet.
    if (resolved.status === "threw" ? !isWhole : !resolved.order) {
      await ended(response, adapter.runtime);
      resolved = await resolve();
    }
    if (resolved.status === "resolved") await adapter.trackOrder(resolved.order, read);
  }

  return (request, response, next) => {
    try {
      // Read now: later the host may have recycled the request.
      const read = adapter.readRequest(() => rawRequest(request));
      void answered(response).then((status) => {
        if (isConfirmation(request.method, status))
          adapter.duringConfirmation(confirm(request, response, read));
        else adapter.notConfirmed(request.method, status);
      });
    } catch (cause) {
      adapter.hookThrew("trackOrders", cause);
    }
    return handler ? handler(request, response, next) : next();
  };
}

/**
 * Resolves when the shop has begun to answer: right after the status is out, beside the response's own bytes, with the
 * status that the shopper gets, whatever an error handler sets too late.
 *
 * A shopper who left before that may still be answered by a slow handler. Nothing is sent then, but the order was
 * placed, and Node writes no head. So the first call of `writeHead`, `write` or `end` counts, and each call is handed on
 * as it came. A file (`res.sendFile`) to a shopper who left is not seen: Express does not begin it.
 */
function answered(response: Response): Promise<number> {
  return new Promise((resolve) => {
    for (const name of ["writeHead", "write", "end"] as const) {
      const original: (...args: never[]) => unknown = response[name];
      const watched = function (this: Response, ...args: never[]) {
        const result = Reflect.apply(original, this, args);
        // 100 Continue and 103 Early Hints come before the answer.
        if (response.statusCode >= 200) resolve(response.statusCode);
        return result;
      };
      Object.assign(response, { [name]: watched });
    }
  });
}

/** Resolves when the handler has ended the response; ten seconds after the shopper left, if it has not. */
function ended(response: Response, { after }: Pick<Runtime, "after">): Promise<void> {
  return new Promise((resolve) => {
    const closed = () => (response.writableEnded ? resolve() : void after(MAX_HANDLER_MS, resolve));
    if (isClosed(response) || response.writableFinished) closed();
    else response.once("finish", resolve).once("close", closed);
    const { end } = response;
    // A shopper who left sees no finish.
    response.end = function (this: Response, ...args: never[]) {
      const result = Reflect.apply(end, this, args);
      if (isClosed(this)) resolve();
      return result;
    } as typeof end;
  });
}

/** Whether the connection is done with a response. Over HTTP/2 only its stream says so. */
function isClosed(response: Response): boolean {
  return response.closed ?? Object(Reflect.get(response, "stream")).closed === true;
}
