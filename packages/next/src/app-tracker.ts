import {
  type Tracker as CoreTracker,
  type TrackOrderOptions as CoreTrackOrderOptions,
  type Receipt,
  skip,
  type TrackableOrder,
  type TrackerOptions,
  type TrackingContext,
} from "@avantlink-s2s/core";
import { adapterOf, type RawRequest } from "@avantlink-s2s/core/adapter";
import { keepDelivering, waitInline } from "@avantlink-s2s/web/adapter";
import { headers } from "next/headers.js";
import { connection } from "next/server.js";
import { afterResponse } from "./after-response.ts";
import { createSharedTracker } from "./create-tracker.ts";
import { isRenderedAhead, renderedAhead } from "./rendered-ahead.ts";
import { pathOf, shopperRequest } from "./shopper-request.ts";

/** How an order is tracked. */
export interface TrackOrderOptions extends CoreTrackOrderOptions {
  /**
   * Path and query of the confirmation page, such as `/checkout/thank-you`. Of no use beside a kept context.
   * @default what the proxy of `trackClicks` saw. Wire: the path of `current_url`.
   */
  readonly path?: string | undefined;
}

/**
 * Tracks orders and clicks of an App Router shop. Without `from`, `trackOrder` and `contextOf` read the request that
 * Next is answering: in a Server Component, a Server Action or a route handler.
 */
export interface Tracker extends Omit<CoreTracker, "trackOrder" | "contextOf"> {
  /**
   * Tracks an order; the call itself is the confirmation, so it stands behind the page's own `notFound()` and
   * `redirect()`. A payment provider's webhook gives the context that was packed at checkout. The page becomes dynamic by
   * itself, unless it has `generateStaticParams`.
   */
  trackOrder(
    order: TrackableOrder,
    from?: Request | TrackingContext,
    options?: TrackOrderOptions,
  ): Promise<Receipt>;
  /** The shopper's context: frozen plain JSON. It holds nothing but the denial where the shopper did not consent. */
  contextOf(from?: Request | TrackingContext): Promise<TrackingContext>;
}

/**
 * Makes the tracker. Call it in one module, such as lib/tracker.ts: however often Next evaluates that module, a process
 * has one tracker.
 * @throws AvantLinkError `config.invalid`, naming every fault at once
 */
export function createTracker(options: TrackerOptions = {}): Tracker {
  return createSharedTracker(options, "app", (current) => ({
    async trackOrder(order, from, { path, waitForDeliveryMs, ...asked } = {}) {
      const adapter = adapterOf(current());
      const wait = { ...asked, waitForDeliveryMs: waitForDeliveryMs ?? waitInline(adapter) };
      let tracking: Promise<Receipt>;
      if (from && !isRequest(from)) {
        if (await isAheadOfShoppers()) return adapter.rejectOrder(order, renderedAhead(adapter));
        tracking = current().trackOrder(order, from, wait);
      } else {
        const request = await requestOf(current(), from, path);
        if (!request) return adapter.rejectOrder(order, renderedAhead(adapter));
        const isHead = request.method === "HEAD";
        const tracked = isHead ? skip("A HEAD request shows no page.") : order;
        tracking = adapter.trackOrder(tracked, () => request, wait);
      }
      if (asked.transaction === undefined) keepDelivering(adapter, tracking, afterResponse);
      return tracking;
    },
    async contextOf(from) {
      if (from && !isRequest(from)) return current().contextOf(from);
      const adapter = adapterOf(current());
      const request = await requestOf(current(), from);
      if (request) return adapter.readRequest(() => request).context;
      adapter.report({ type: "problem", error: renderedAhead(adapter) });
      return Object.freeze({});
    },
  }));
}

/** The request as core reads it; nothing where Next renders ahead and there is none. */
async function requestOf(
  tracker: CoreTracker,
  from: Request | undefined,
  path?: string,
): Promise<RawRequest | undefined> {
  const adapter = adapterOf(tracker);
  if (from) {
    const { headers: seen } = from;
    if (isRenderedAhead(seen)) return undefined;
    return shopperRequest(adapter, { method: from.method, headers: seen, path, ownPath: pathOf(from.url) });
  }
  // First of all: what Next prefetches or renders ahead stops here. What either throws is Next's own signal.
  await connection();
  const seen = await headers();
  return isRenderedAhead(seen) ? undefined : shopperRequest(adapter, { method: "GET", headers: seen, path });
}

/**
 * Whether Next renders ahead where the shopper is known from elsewhere. As above, a page that is to be dynamic stops
 * here at its build. In a script and behind a rendered page there is no request to ask about, and nothing is ahead.
 */
async function isAheadOfShoppers(): Promise<boolean> {
  try {
    await connection();
  } catch (cause) {
    if (!isWithoutRequest(cause)) throw cause;
    return false;
  }
  return isRenderedAhead(await headers());
}

// Only their messages distinguish these two errors. Everything else that Next throws is a signal of its own.
function isWithoutRequest(cause: unknown): boolean {
  const { message, digest }: { message?: unknown; digest?: unknown } = Object(cause);
  return (
    digest === undefined &&
    /outside a request scope|used .connection(?:\(\))?. inside .after\(/.test(String(message))
  );
}

function isRequest(from: Request | TrackingContext): from is Request {
  return typeof from === "object" && "headers" in from && "url" in from;
}
