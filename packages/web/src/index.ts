export * from "@avantlink-s2s/core";
export { createTracker, type Tracker, type TrackOrderOptions } from "./create-tracker.ts";
export type { Host } from "./host.ts";
export { type ClickHandler, trackClicks } from "./track-clicks.ts";
export { type ResolveOrder, trackOrders } from "./track-orders.ts";
