import {
  AvantLinkError,
  type Tracker as CoreTracker,
  type TrackOrderOptions as CoreTrackOrderOptions,
  type Receipt,
  type TrackableOrder,
  type TrackerOptions,
  type TrackingContext,
} from "@avantlink-s2s/core";
import { type Adapter, adapterOf, type RawRequest } from "@avantlink-s2s/core/adapter";
import { keepDelivering, waitInline } from "@avantlink-s2s/web/adapter";
import { headers } from "next/headers.js";
import { connection } from "next/server.js";
import { afterResponse } from "./after-response.ts";
import { createSharedTracker } from "./process-tracker.ts";
import { isRenderedAhead, isSeenByDeveloper, renderedAhead } from "./rendered-ahead.ts";
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
export interface Tracker extends CoreTracker<Request> {
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
}

/**
 * Makes the tracker. Call it in one module, such as lib/tracker.ts: however often Next evaluates that module, a process
 * has one tracker.
 * @throws AvantLinkError `config.invalid`, naming every fault at once
 */
export function createTracker(options: TrackerOptions = {}): Tracker {
  return createSharedTracker(options, "app", (current) => ({
    trackOrder(order, from, given) {
      const adapter = adapterOf(current());
      const tracking = track(current, adapter, order, from, given ?? {});
      // From the call on: the request is read a moment later.
      adapter.duringConfirmation(tracking);
      return tracking;
    },
    async contextOf(from) {
      if (from && !isRequest(from)) return current().contextOf(from);
      const adapter = adapterOf(current());
      const request = await requestOf(adapter, from);
      return request instanceof AvantLinkError
        ? adapter.contextWithout(request)
        : adapter.readRequest(() => request).context;
    },
  }));
}

/** Tracks an order with the given request, or with the request that Next is answering. */
async function track(
  current: () => CoreTracker,
  adapter: Adapter,
  order: TrackableOrder,
  from: Request | TrackingContext | undefined,
  { path, waitForDeliveryMs, ...asked }: TrackOrderOptions,
): Promise<Receipt> {
  const wait = { ...asked, waitForDeliveryMs: waitForDeliveryMs ?? waitInline(adapter) };
  const kept = from && !isRequest(from) ? from : undefined;
  const request = await requestOf(adapter, from && isRequest(from) ? from : undefined, path);
  const isMissing = request instanceof AvantLinkError;
  // Beside a kept context, a script and what runs behind a rendered page need no request.
  if (isMissing && !(kept && request.code === "order.no-request")) return adapter.rejectOrder(order, request);
  // A HEAD request confirms nothing, whatever context was kept.
  const isNeedless = isMissing || (kept && request.method !== "HEAD");
  const tracking = isNeedless
    ? current().trackOrder(order, kept, wait)
    : adapter.trackOrder(order, () => request, wait);
  if (asked.transaction === undefined) keepDelivering(adapter, tracking, afterResponse);
  return tracking;
}

/** The request as core reads it, or why there is none. */
async function requestOf(
  adapter: Adapter,
  from: Request | undefined,
  path?: string,
): Promise<RawRequest | AvantLinkError> {
  if (from) {
    try {
      const { headers: seen } = from;
      if (isRenderedAhead(seen)) return renderedAhead(adapter);
      return shopperRequest(adapter, { method: from.method, headers: seen, path, ownPath: pathOf(from.url) });
    } catch (cause) {
      if (isSignal(cause) || cause instanceof AvantLinkError) throw cause;
      return new AvantLinkError("context.invalid", { detail: "It is no web request.", cause });
    }
  }
  const seen = await requestHeaders(adapter);
  return seen instanceof AvantLinkError
    ? seen
    : shopperRequest(adapter, { method: "GET", headers: seen, path });
}

/** The headers of the request that Next is answering, or why there are none. What Next throws as its own signal goes on. */
async function requestHeaders(adapter: Adapter): Promise<Headers | AvantLinkError> {
  let seen: Headers;
  try {
    // First of all: what Next prefetches or renders ahead stops here.
    await connection();
    seen = await headers();
  } catch (cause) {
    const code = whyNoRequest(Object(cause));
    // What else is wrong fails where a developer sees it: in production the failure would be the shopper's.
    if (isSignal(cause) || (code !== "order.no-request" && isSeenByDeveloper(adapter))) throw cause;
    return new AvantLinkError(code ?? "order.no-request", { cause });
  }
  return isRenderedAhead(seen) ? renderedAhead(adapter) : seen;
}

/** Whether Next stops or postpones a page by it: each of its signals has a digest, but React's own postponement. */
function isSignal(thrown: unknown): boolean {
  const { digest, $$typeof } = Object(thrown);
  return digest !== undefined || $$typeof !== undefined;
}

// Only their messages distinguish these errors. A message that is not known yet costs the better code, never the page.
function whyNoRequest({ code, message }: { readonly code?: unknown; readonly message?: unknown }) {
  const text = String(message);
  if (code === "NEXT_STATIC_GEN_BAILOUT") return "order.static-page";
  if (/inside .{0,30}(?:use cache|unstable_cache)/.test(text)) return "order.in-cache";
  return /outside a request scope|inside .after\(/.test(text) ? "order.no-request" : undefined;
}

function isRequest(from: Request | TrackingContext): from is Request {
  return typeof from === "object" && "headers" in from && "url" in from;
}
