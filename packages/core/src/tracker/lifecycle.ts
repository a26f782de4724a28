import type { Delivery } from "../delivery/deliver.ts";
import type { DirectDelivery } from "../delivery/deliver-directly.ts";
import type { Transport } from "../delivery/transport.ts";
import { AvantLinkError, type ErrorCode, outboxError } from "../errors.ts";
import type { Config } from "../options/config.ts";
import type { Outbox, OutboxTotals, OutboxWorker } from "../outbox/outbox.ts";
import type { Confirmations } from "./confirmations.ts";
import type { TimeoutOptions } from "./tracker.ts";
import { within } from "./wait.ts";

const FLUSH_MS = 5_000;
const LOOK_MS = 20;
const REOPEN_MS = 5_000;
// How long an outbox may take for its last word.
const LAST_PATIENCE_MS = 1_000;
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

/** What a tracker holds. */
export interface LifecycleParts {
  readonly config: Config;
  readonly clicks: Outbox;
  readonly delivery: Delivery;
  readonly direct: DirectDelivery;
  readonly confirmations: Confirmations;
  readonly transport: Transport;
  /** Something failed. */
  readonly problem: (error: AvantLinkError) => void;
  /** Something that the shop should know, though nothing failed. */
  readonly notice: (error: AvantLinkError) => void;
}

export function createLifecycle({
  config,
  clicks,
  delivery,
  direct,
  confirmations,
  transport,
  problem,
  notice,
}: LifecycleParts): Lifecycle {
  const { outbox, runtime, concurrency } = config;
  const sends = config.mode === "live";
  let opening: Promise<OutboxWorker | undefined> | undefined;
  let reopening: (() => void) | undefined;
  let clicking: Promise<OutboxWorker> | undefined;
  let closing: Promise<OutboxTotals> | undefined;
  let closed = false;
  let used = false;
  const announced = new Set<ErrorCode>();

  function announce(code: ErrorCode): void {
    if (announced.has(code)) return;
    announced.add(code);
    notice(new AvantLinkError(code));
  }

  function announceDryRun(): void {
    if (config.mode === "dry-run" && !config.modeGiven) announce("tracker.dry-run");
  }

  async function open(): Promise<OutboxWorker | undefined> {
    await outbox.open(runtime, problem);
    return config.deliver ? outbox.run(direct.deliver, { concurrency }) : undefined;
  }

  async function ready(): Promise<void> {
    if (closed) throw new AvantLinkError("tracker.closed");
    await begin();
  }

  async function begin(): Promise<void> {
    announceDryRun();
    // Said when an order needs the outbox: a proxy that only reports clicks has no use for a durable one.
    if (sends && !config.loopback && !outbox.durable) announce("outbox.not-durable");
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
    announceDryRun();
    if (!sends) return;
    used = true;
    clicking ??= clicks.open(runtime, problem).then(() => clicks.run(delivery.deliverClick, { concurrency }));
    await clicking;
  }

  async function totals(): Promise<OutboxTotals> {
    return sends ? outbox.totals() : NO_TOTALS;
  }

  async function look(): Promise<readonly [OutboxTotals, OutboxTotals]> {
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
        const looked = await within(look(), Math.max(left(), LAST_PATIENCE_MS), runtime);
        if (looked === "late")
          throw new AvantLinkError("outbox.stalled", { detail: "It did not answer in time." });
        const [, visits] = looked.value;
        [orders] = looked.value;
        if (visits.pending === 0 && (orders.pending === 0 || !config.deliver)) return orders;
        if (left() === 0) return orders;
        await pause(Math.min(LOOK_MS, left()));
      }
    } catch (cause) {
      problem(outboxError(cause));
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
    await within(confirmations.idle(), left(), runtime);
    closed = true;
    if (!used) return NO_TOTALS;
    const flushed = await flush({ timeoutMs: left() });
    const stopping = stopWorkers();
    if ((await within(stopping, left(), runtime)) === "late") {
      // What is being sent is cut off, and a durable outbox tries it again later.
      await transport.close();
      await within(stopping, LAST_PATIENCE_MS, runtime);
    }
    const settled = await within(totals(), LAST_PATIENCE_MS, runtime).catch(() => "late" as const);
    await within(
      Promise.allSettled([clicks.close(), outbox.close(), transport.close()]),
      LAST_PATIENCE_MS,
      runtime,
    );
    return settled === "late" ? flushed : settled.value;
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
