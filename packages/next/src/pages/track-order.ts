import type { Receipt, TrackableOrder, Tracker, TrackingContext } from "@avantlink-s2s/core";
import { adapterAccess } from "@avantlink-s2s/core/adapter";
import { keepDelivering, platformKeepAlive, waitInline } from "../keep-delivering.ts";
import type { TrackOrderOptions } from "../track-order.ts";
import { type PagesFrom, shopperOf } from "./shopper-of.ts";

/** The shopper's own request, or a context that was kept from it. */
export type TrackFrom = PagesFrom | TrackingContext;

/**
 * Tracks an order from an API route, from `getServerSideProps` or a webhook; the call itself is the confirmation.
 * Give the shopper's request, or the context that was packed at checkout; a payment provider's webhook request is
 * nobody's browser.
 */
export async function trackOrder(
  tracker: Tracker,
  order: TrackableOrder,
  from?: TrackFrom,
  options: TrackOrderOptions = {},
): Promise<Receipt> {
  const access = adapterAccess(tracker);
  const { path, waitForDeliveryMs = waitInline(access), ...asked } = options;
  const context = from && isRequest(from) ? access.read(shopperOf(access, from, path)) : from;
  const tracking = tracker.trackOrder(order, context, { ...asked, waitForDeliveryMs });
  if (asked.transaction === undefined) keepDelivering(access, tracking, platformKeepAlive());
  return tracking;
}

function isRequest(from: TrackFrom): from is PagesFrom {
  return typeof from === "object" && ("req" in from || "headers" in from);
}
