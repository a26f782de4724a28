import type {
  TrackOrderOptions as CoreTrackOrderOptions,
  Receipt,
  TrackableOrder,
  Tracker,
  TrackingContext,
} from "@avantlink-s2s/core";
import { adapterAccess } from "@avantlink-s2s/core/adapter";
import { afterResponse } from "./after-response.ts";
import { aheadOfShoppers, shopperOf } from "./context-of.ts";
import { keepDelivering, waitInline } from "./keep-delivering.ts";
import { renderedAhead } from "./rendered-ahead.ts";

/** The shopper's own request, or a context that was kept from it. */
export type TrackFrom = Request | TrackingContext;

/** How an order is tracked. */
export interface TrackOrderOptions extends CoreTrackOrderOptions {
  /**
   * Path and query of the confirmation page, such as `/checkout/thank-you`. Of no use beside a kept context.
   * @default what the proxy of `trackClicks` saw Wire: the path of `current_url`.
   */
  readonly path?: string | undefined;
}

/**
 * Tracks an order from a Server Component, a Server Action, a route handler or a webhook; the call itself is the
 * confirmation, so it stands behind the page's own `notFound()` and `redirect()`. Without `from` the request being
 * answered is read; a payment provider's webhook gives the context that was packed at checkout. With either a page
 * becomes dynamic by itself, unless it has `generateStaticParams`.
 */
export async function trackOrder(
  tracker: Tracker,
  order: TrackableOrder,
  from?: TrackFrom,
  options: TrackOrderOptions = {},
): Promise<Receipt> {
  const access = adapterAccess(tracker);
  const { path, waitForDeliveryMs = waitInline(access), ...asked } = options;
  let context: TrackingContext;
  if (from && !isRequest(from)) {
    if (await aheadOfShoppers()) return access.turnAway(order, renderedAhead(access));
    context = from;
  } else {
    const request = await shopperOf(access, from, path);
    if (!request) return access.turnAway(order, renderedAhead(access));
    context = access.read(request);
  }
  const tracking = tracker.trackOrder(order, context, { ...asked, waitForDeliveryMs });
  if (asked.transaction === undefined) keepDelivering(access, tracking, afterResponse);
  return tracking;
}

function isRequest(from: TrackFrom): from is Request {
  return typeof from === "object" && "headers" in from && "url" in from;
}
