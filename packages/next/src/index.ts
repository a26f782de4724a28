export * from "@avantlink-s2s/core";
export { createTracker, type Tracker, type TrackOrderOptions } from "./app-tracker.ts";
export { type ResolveOrder, trackOrders } from "./track-orders.ts";
