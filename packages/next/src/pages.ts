export * from "@avantlink-s2s/core";
export type { PagesContext, PagesRequest } from "./pages/pages-request.ts";
export { createTracker, type PagesFrom, type Tracker } from "./pages/pages-tracker.ts";
export {
  type PageData,
  type ResolveApiOrder,
  type ResolvePageOrder,
  trackOrders,
} from "./pages/track-orders.ts";
