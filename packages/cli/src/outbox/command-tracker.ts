import {
  createTracker,
  type DeliverDueReport,
  type Outbox,
  type Tracker,
  type TrackingEvent,
} from "@avantlink-s2s/core";
import type { Merchant } from "../options/merchant-options.ts";

/** An open outbox, and for whom its orders are delivered. */
export interface Delivery {
  readonly outbox: Outbox;
  readonly merchant: Merchant;
  readonly onEvent?: (event: TrackingEvent) => void;
  /** Requests to AvantLink at a time. @default the tracker's own */
  readonly concurrency?: number;
}

/** Works with a tracker that delivers when asked to, whatever mode the environment implies. */
export async function withTracker<T>(
  { outbox, merchant: { merchant, endpoint }, onEvent = () => {}, concurrency }: Delivery,
  work: (tracker: Tracker) => Promise<T>,
): Promise<T> {
  const tracker = createTracker({
    merchantId: merchant,
    endpoint,
    mode: "live",
    deliver: false,
    onEvent,
    concurrency,
    // The command that opened the outbox reads it afterwards, and closes it.
    outbox: { ...outbox, async close() {} },
  });
  try {
    return await work(tracker);
  } finally {
    await tracker.close({ timeoutMs: 0 });
  }
}

/** Delivers the orders that are due now. Begins no delivery after `timeoutMs`. */
export async function deliverDue(tracker: Tracker, timeoutMs: number): Promise<DeliverDueReport> {
  const report = await tracker.deliverDue({ timeoutMs });
  if (report.error) throw report.error;
  return report;
}
