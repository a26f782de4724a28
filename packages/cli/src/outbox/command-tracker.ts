import { setTimeout as pause } from "node:timers/promises";
import {
  createTracker,
  type DeliverDueReport,
  type Outbox,
  type Tracker,
  type TrackingEvent,
} from "@avantlink-s2s/core";
import { systemRuntime } from "@avantlink-s2s/core/adapter";
import { destinationOf, type Merchant } from "../options/merchant-options.ts";

const POLL_MS = 250;

/** An open outbox, and for whom its orders are delivered. */
export interface Delivery {
  readonly outbox: Outbox;
  readonly merchant: Merchant;
  /** Receives the line that names where the orders go, before the first one is delivered. */
  readonly note?: (line: string) => void;
  readonly onEvent?: (event: TrackingEvent) => void;
  /** Requests to AvantLink at a time. @default the tracker's own */
  readonly concurrency?: number;
}

/** Works with a tracker that delivers when asked to, whatever mode the environment implies. */
export async function withTracker<T>(
  { outbox, merchant: given, note, onEvent = () => {}, concurrency }: Delivery,
  work: (tracker: Tracker) => Promise<T>,
): Promise<T> {
  const tracker = createTracker({
    merchantId: given.merchant,
    endpoint: given.endpoint,
    mode: "live",
    deliver: false,
    onEvent,
    concurrency,
    // The command that opened the outbox reads it afterwards, and closes it.
    outbox: { ...outbox, async close() {} },
  });
  const { merchant, endpoint } = destinationOf(given);
  note?.(`Delivering to ${new URL(endpoint).host} for merchant ${merchant}.`);
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

/** Delivers what is due, again and again until that is enough or the time is up. */
export async function deliverUntil(
  tracker: Tracker,
  timeoutMs: number,
  isEnough: () => Promise<boolean>,
): Promise<DeliverDueReport> {
  const until = systemRuntime.now() + timeoutMs;
  for (let [delivered, retrying, dead] = [0, 0, 0]; ; await pause(POLL_MS)) {
    const report = await tracker.deliverDue({ timeoutMs: Math.max(0, until - systemRuntime.now()) });
    if (report.error && delivered + retrying + dead === 0) throw report.error;
    if (report.error) return { ...report, delivered, retrying, dead, timedOut: true };
    delivered += report.delivered;
    dead += report.dead;
    // The same order may fail each time.
    retrying = Math.max(retrying, report.retrying);
    const soFar = { ...report, delivered, retrying, dead };
    try {
      if ((await isEnough()) || systemRuntime.now() >= until) return soFar;
    } catch (error) {
      if (delivered + retrying + dead === 0) throw error;
      return { ...soFar, timedOut: true };
    }
  }
}
