export * from "@avantlink-s2s/core";
export { createTracker } from "./create-tracker.ts";
export {
  contextOf,
  type PagesContext,
  type PagesFrom,
  type PagesRequest,
} from "./pages/shopper-of.ts";
export { type TrackFrom, trackOrder } from "./pages/track-order.ts";
export {
  type PageData,
  type ResolveApiOrder,
  type ResolvePageOrder,
  trackOrders,
} from "./pages/track-orders.ts";
export type { TrackOrderOptions } from "./track-order.ts";
