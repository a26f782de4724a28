import type {
  Receipt,
  TrackableOrder,
  Tracker,
  TrackingContext,
  TrackOrderOptions,
} from "@avantlink-s2s/core";
import type { Request } from "express";
import { contextOf } from "./context-of.ts";

/** The shopper's own request, or a context that was kept from it. */
export type TrackFrom = Request | TrackingContext;

/**
 * Tracks an order from anywhere: a page that redirects, a webhook, a job. Give the shopper's request, or the
 * context that was packed at checkout; a payment provider's webhook request is nobody's browser.
 */
export async function trackOrder(
  tracker: Tracker,
  order: TrackableOrder,
  from?: TrackFrom,
  options?: TrackOrderOptions,
): Promise<Receipt> {
  return tracker.trackOrder(order, from && isRequest(from) ? contextOf(tracker, from) : from, options);
}

function isRequest(from: TrackFrom): from is Request {
  return typeof from === "object" && "headers" in from && "originalUrl" in from;
}
