import type { TrackingEvent } from "@avantlink-s2s/express";

/** An order may be missing here: a page confirmed none, or another order has its number. */
export function mayBeLost(event: TrackingEvent): boolean {
  if (event.type === "skipped") return ["no-order", "not-confirmed", "method"].includes(event.reason);
  return event.type === "duplicate" && event.findings.some(({ code }) => code === "order.number-reused");
}
