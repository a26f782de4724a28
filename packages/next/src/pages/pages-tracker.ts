import type {
  Tracker as CoreTracker,
  Receipt,
  TrackableOrder,
  TrackerOptions,
  TrackingContext,
} from "@avantlink-s2s/core";
import { adapterOf } from "@avantlink-s2s/core/adapter";
import { keepDelivering, platformWaitUntil, waitInline } from "@avantlink-s2s/web/adapter";
import type { TrackOrderOptions } from "../app-tracker.ts";
import { createSharedTracker } from "../process-tracker.ts";
import { type PagesFrom, pagesRequest } from "./pages-request.ts";

export type { PagesFrom, TrackOrderOptions };

/** Tracks orders and clicks of a Pages Router shop. */
export interface Tracker extends CoreTracker<PagesFrom> {
  /**
   * Tracks an order from an API route, from `getServerSideProps` or a webhook; the call itself is the confirmation.
   * @param from the shopper's own request, or the context that was packed at checkout
   */
  trackOrder(
    order: TrackableOrder,
    from?: PagesFrom | TrackingContext,
    options?: TrackOrderOptions,
  ): Promise<Receipt>;
}

/**
 * Makes the tracker. Call it in one module, such as lib/tracker.ts: however often Next evaluates that module, a process
 * has one tracker.
 * @throws AvantLinkError `config.invalid`, naming every fault at once
 */
export function createTracker(options: TrackerOptions = {}): Tracker {
  return createSharedTracker(options, "pages", (current) => ({
    async trackOrder(order, from, given) {
      const { path, waitForDeliveryMs, ...asked } = given ?? {};
      const adapter = adapterOf(current());
      const wait = { ...asked, waitForDeliveryMs: waitForDeliveryMs ?? waitInline(adapter) };
      const tracking = isRequest(from)
        ? adapter.trackOrder(order, () => pagesRequest(adapter, from, path), wait)
        : current().trackOrder(order, from, wait);
      if (asked.transaction === undefined) keepDelivering(adapter, tracking, platformWaitUntil());
      return tracking;
    },
    async contextOf(from) {
      if (!isRequest(from)) return current().contextOf(from);
      const adapter = adapterOf(current());
      return adapter.readRequest(() => pagesRequest(adapter, from)).context;
    },
  }));
}

function isRequest(from: PagesFrom | TrackingContext | undefined): from is PagesFrom {
  return typeof from === "object" && from !== null && ("req" in from || "headers" in from);
}
