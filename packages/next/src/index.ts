export * from "@avantlink-s2s/core";
export { contextOf } from "./context-of.ts";
export { createTracker } from "./create-tracker.ts";
export { type TrackFrom, type TrackOrderOptions, trackOrder } from "./track-order.ts";
export { type ResolveOrder, trackOrders } from "./track-orders.ts";
