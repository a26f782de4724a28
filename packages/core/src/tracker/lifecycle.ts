import { CLICK_CONCURRENCY, type Delivery } from "../delivery/deliver.ts";
import type { DirectDelivery } from "../delivery/deliver-directly.ts";
import type { Transport } from "../delivery/transport.ts";
import { AvantLinkError, outboxError } from "../errors.ts";
import type { Config } from "../options/config.ts";
import type { Outbox, OutboxTotals, OutboxWorker } from "../outbox/outbox.ts";
import type { WarnOnce } from "../reporting/warn-once.ts";
import type { Confirmations } from "./confirmation.ts";
import type { HealthRecord } from "./health.ts";
import type { TimeoutOptions } from "./tracker.ts";
import { within } from "./wait.ts";

const FLUSH_MS = 5_000;
/** How many clicks are sent at a time: orders come first. */
const POLL_MS = 20;
const REOPEN_MS = 5_000;
// How long an outbox may take to answer when the time of flush or close is up.
const MAX_LAST_ANSWER_MS = 1_000;
const NO_TOTALS: OutboxTotals = { accepted: 0, delivered: 0, pending: 0, dead: 0, removed: 0 };

/** Opens, drains and closes what a tracker holds. */
export interface Lifecycle {
  /**
   * Opens the outbox and starts delivering orders, once. Rejects when the outbox cannot be opened; the next call
   * tries again, and so does time, since what is pending must not wait for a next order.
   */
  ready(): Promise<void>;
  /** Starts delivering clicks, once. They need no outbox but memory. */
  readyForClicks(): Promise<void>;
  readonly closed: boolean;
  /** What stands where. Rejects when the outbox does not answer. */
  totals(): Promise<OutboxTotals>;
  flush(options?: TimeoutOptions): Promise<OutboxTotals>;
  close(options?: TimeoutOptions): Promise<OutboxTotals>;
}

/** The parts of a tracker that its lifecycle opens, waits for and closes. */
export interface LifecycleParts {
  readonly config: Config;
  readonly health: HealthRecord;
  /** Delivers what the outbox could not take. */
  readonly direct: DirectDelivery;
  readonly confirmations: Confirmations;
  /** Where clicks wait: in memory, whatever keeps the orders. */
  readonly clicks: Outbox;
  readonly delivery: Delivery;
  readonly transport: Transport;
  readonly warnOnce: WarnOnce;
}

export function createLifecycle(parts: LifecycleParts): Lifecycle {
  const { config, clicks, delivery, direct, confirmations, transport, health, warnOnce } = parts;
  const { outbox, runtime, concurrency } = config;
  const sends = config.mode === "live";
  let opening: Promise<OutboxWorker | undefined> | undefined;
  let reopening: (() => void) | undefined;
  let clicking: Promise<OutboxWorker> | undefined;
  let closing: Promise<OutboxTotals> | undefined;
  let closed = false;
  let used = false;

  function warnOfDryRun(): void {
    const { mode, chosen, reason } = config;
    if (mode === "dry-run" && !chosen) warnOnce("tracker.dry-run", `The reason: ${reason}.`);
  }

  async function open(): Promise<OutboxWorker | undefined> {
    await outbox.open(runtime, health.problem);
    return config.deliver ? outbox.run(direct.deliver, { concurrency }) : undefined;
  }

  async function ready(): Promise<void> {
    if (closed) throw new AvantLinkError("tracker.closed");
    await begin();
  }

  async function begin(): Promise<void> {
    warnOfDryRun();
    // Only once an order needs the outbox: a proxy that only reports clicks has no use for a durable outbox.
    if (sends && !config.loopback && !outbox.durable) warnOnce("outbox.not-durable");
    if (!sends) return;
    used = true;
    const attempt = opening ?? open();
    opening = attempt;
    try {
      await attempt;
    } catch (cause) {
      if (opening === attempt) {
        opening = undefined;
        reopenLater();
      }
      throw cause;
    }
  }

  function reopenLater(): void {
    if (closing) return;
    reopening ??= runtime.after(REOPEN_MS, () => {
      reopening = undefined;
      void begin().catch(() => {});
    });
  }

  async function readyForClicks(): Promise<void> {
    warnOfDryRun();
    if (!sends) return;
    used = true;
    clicking ??= clicks
      .open(runtime, health.problem)
      .then(() => clicks.run(delivery.deliverClick, { concurrency: CLICK_CONCURRENCY }));
    await clicking;
  }

  async function totals(): Promise<OutboxTotals> {
    return sends ? outbox.totals() : NO_TOTALS;
  }

  async function readTotals(): Promise<readonly [OutboxTotals, OutboxTotals]> {
    await begin();
    return Promise.all([totals(), clicks.totals()]);
  }

  async function flush({ timeoutMs = FLUSH_MS }: TimeoutOptions = {}): Promise<OutboxTotals> {
    const until = runtime.now() + timeoutMs;
    const left = () => Math.max(0, until - runtime.now());
    let orders = NO_TOTALS;
    await within(Promise.all([confirmations.idle(), direct.idle()]), left(), runtime);
    try {
      for (;;) {
        // An outbox that does not answer must not hold up a shutdown.
        const answered = await within(readTotals(), Math.max(left(), MAX_LAST_ANSWER_MS), runtime);
        if (answered === "late")
          throw new AvantLinkError("outbox.stalled", { detail: "It did not answer in time." });
        const [, ofClicks] = answered.value;
        [orders] = answered.value;
        if (ofClicks.pending === 0 && (orders.pending === 0 || !config.deliver)) return orders;
        if (left() === 0) return orders;
        await pause(Math.min(POLL_MS, left()));
      }
    } catch (cause) {
      health.problem(outboxError(cause));
      return orders;
    }
  }

  async function stopWorkers(): Promise<void> {
    const started = await Promise.all([opening?.catch(() => undefined), clicking]);
    await Promise.all(started.map((worker) => worker?.stop()));
  }

  async function shutDown({ timeoutMs = FLUSH_MS }: TimeoutOptions): Promise<OutboxTotals> {
    const until = runtime.now() + timeoutMs;
    const left = () => Math.max(0, until - runtime.now());
    reopening?.();
    // A page that was answered has confirmed its order, however long the shop takes to look it up.
    if ((await within(confirmations.idle(), left(), runtime)) === "late") {
      const detail = "The order of a page that was answered was still being resolved or stored.";
      health.problem(new AvantLinkError("tracker.closed", { detail }));
    }
    closed = true;
    if (!used) return NO_TOTALS;
    const flushed = await flush({ timeoutMs: left() });
    const stopping = stopWorkers();
    if ((await within(stopping, left(), runtime)) === "late") {
      // What is being sent is cut off, and a durable outbox tries it again later.
      await transport.close();
      await within(stopping, MAX_LAST_ANSWER_MS, runtime);
    }
    const last = await within(totals(), MAX_LAST_ANSWER_MS, runtime).catch(() => "late" as const);
    await within(
      Promise.allSettled([clicks.close(), outbox.close(), transport.close()]),
      MAX_LAST_ANSWER_MS,
      runtime,
    );
    return last === "late" ? flushed : last.value;
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      runtime.after(ms, resolve, { keepAlive: true });
    });
  }

  return {
    ready,
    readyForClicks,
    totals: async () => {
      await ready();
      return totals();
    },
    get closed() {
      return closed;
    },
    flush: (options) => closing ?? flush(options),
    close(options = {}) {
      closing ??= shutDown(options);
      return closing;
    },
  };
}
