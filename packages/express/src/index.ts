export * from "@avantlink-s2s/core";
export { createTracker, type Tracker, type TrackerOptions } from "./create-tracker.ts";
export { trackClicks } from "./track-clicks.ts";
export { type ResolveOrder, trackOrders } from "./track-orders.ts";
