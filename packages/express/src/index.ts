export * from "@avantlink-s2s/core";
export { contextOf } from "./context-of.ts";
export { trackClicks } from "./track-clicks.ts";
export { type TrackFrom, trackOrder } from "./track-order.ts";
export { type ResolveOrder, trackOrders } from "./track-orders.ts";
