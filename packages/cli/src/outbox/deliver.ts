import {
  createTracker,
  type DeliverDueReport,
  type JobState,
  type Outbox,
  stateOf,
  type Tracker,
  type TrackingEvent,
} from "@avantlink-s2s/core";
import { systemRuntime } from "@avantlink-s2s/core/adapter";
import type { Merchant } from "../options/merchant-options.ts";
import { pause } from "../terminal/durations.ts";

const POLL_MS = 250;

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

/** Delivers until every one of these orders has its answer, or the time is up. */
export async function deliverOrders(
  delivery: Delivery,
  keys: readonly string[],
  timeoutMs: number,
): Promise<readonly (JobState | undefined)[]> {
  const states = new Map<string, JobState | undefined>(keys.map((key) => [key, "pending"]));
  await withTracker(delivery, async (tracker) => {
    for (const deadline = systemRuntime.now() + timeoutMs; ; await pause(POLL_MS)) {
      await deliverDue(tracker, Math.max(0, deadline - systemRuntime.now()));
      for (const [key, state] of states) {
        if (state === "pending") states.set(key, stateOf(await delivery.outbox.find(key)));
      }
      if (![...states.values()].includes("pending") || systemRuntime.now() >= deadline) return;
    }
  });
  return [...states.values()];
}
