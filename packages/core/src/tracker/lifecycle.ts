import { CLICK_CONCURRENCY, type Delivery } from "../delivery/deliver.ts";
import type { Transport } from "../delivery/transport.ts";
import { AvantLinkError, outboxError } from "../errors.ts";
import type { Config } from "../options/config.ts";
import { memoryOutbox } from "../outbox/memory-outbox.ts";
import type { OutboxTotals, OutboxWorker } from "../outbox/outbox.ts";
import type { WarnOnce } from "../reporting/report.ts";
import { within } from "../runtime.ts";
import type { HealthRecord } from "./health.ts";
import type { TimeoutOptions } from "./tracker.ts";

const FLUSH_MS = 5_000;
const POLL_MS = 20;
const REOPEN_MS = 5_000;
// How long an outbox may take to answer when the time of flush or close is up.
const MAX_LAST_ANSWER_MS = 1_000;
const MAX_CLICKS = 1_000;
const ISOLATE =
  "This is an edge runtime, whose memory is its own: an order that is confirmed on Node.js too is sent twice.";
const NO_TOTALS: OutboxTotals = { accepted: 0, delivered: 0, pending: 0, dead: 0, removed: 0 };

/** Opens, drains and closes what a tracker holds. */
export type Lifecycle = ReturnType<typeof createLifecycle>;

export function createLifecycle(
  config: Config,
  delivery: Delivery,
  transport: Transport,
  health: HealthRecord,
  warnOnce: WarnOnce,
  isIsolate = false,
) {
  const { outbox, runtime, concurrency } = config;
  const sends = config.mode === "live";
  // Where clicks wait: in memory, whatever keeps the orders.
  const clicks = memoryOutbox({ capacity: MAX_CLICKS, remembered: 0 });
  const underWay = new Set<Promise<unknown>>();
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
    warnOfDryRun();
    if (!sends) return undefined;
    // Only once an order needs the outbox: a proxy that only reports clicks has no use for a durable outbox.
    if (!config.loopback && !outbox.durable) warnOnce("outbox.not-durable", isIsolate ? ISOLATE : undefined);
    used = true;
    await outbox.open(runtime, health.problem);
    return config.deliver ? outbox.run(delivery.deliver, { concurrency }) : undefined;
  }

  /**
   * Opens the outbox and starts delivering orders, once. Rejects when the outbox cannot be opened; the next call
   * tries again, and so does time, since what is pending must not wait for a next order.
   */
  async function ready(): Promise<void> {
    if (closed) throw new AvantLinkError("tracker.closed");
    await begin();
  }

  /** Opens the outbox in a dry run too: orders that were accepted before it may wait there. */
  async function readyInAnyMode(): Promise<void> {
    await ready();
    if (sends) return;
    used = true;
    await outbox.open(runtime, health.problem);
  }

  function begin(): Promise<unknown> {
    opening ??= open().catch((cause: unknown) => {
      opening = undefined;
      reopenLater();
      throw cause;
    });
    return opening;
  }

  function reopenLater(): void {
    if (closing) return;
    reopening ??= runtime.after(REOPEN_MS, () => {
      reopening = undefined;
      void begin().catch(() => {});
    });
  }

  /** Starts delivering clicks, once. They need no outbox but memory. */
  async function readyForClicks(): Promise<void> {
    warnOfDryRun();
    if (!sends) return;
    used = true;
    clicking ??= clicks
      .open(runtime, health.problem)
      .then(() => clicks.run(delivery.deliverClick, { concurrency: CLICK_CONCURRENCY }));
    await clicking;
  }

  /** Counts work as under way until it has ended, well or not: flush and close wait for it. */
  function during(work: Promise<unknown>): void {
    const ended: Promise<unknown> = work.catch(() => {}).then(() => underWay.delete(ended));
    underWay.add(ended);
  }

  async function idle(): Promise<void> {
    while (underWay.size > 0) await Promise.all(underWay);
  }

  /** What stands where. Rejects when the outbox does not answer. */
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
    await within(Promise.all([idle(), delivery.directIdle()]), left(), runtime);
    try {
      for (;;) {
        // An outbox that does not answer must not hold up a shutdown.
        const answered = await within(readTotals(), Math.max(left(), MAX_LAST_ANSWER_MS), runtime);
        if (answered === "late")
          throw new AvantLinkError("outbox.stalled", { detail: "It did not answer in time." });
        const [, ofClicks] = answered.value;
        [orders] = answered.value;
        if (ofClicks.pending === 0 && (orders.pending === 0 || !config.deliver)) return orders;
        const pause = Math.min(POLL_MS, left());
        if (pause === 0) return orders;
        await new Promise<void>((resolve) => void runtime.after(pause, resolve, { keepAlive: true }));
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
    if ((await within(idle(), left(), runtime)) === "late") {
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

  return {
    clicks,
    ready,
    readyInAnyMode,
    readyForClicks,
    during,
    get closed() {
      return closed;
    },
    /** Nothing in a dry run, which does not open the outbox. */
    async totals(): Promise<OutboxTotals | undefined> {
      await ready();
      return sends ? outbox.totals() : undefined;
    },
    flush: (options?: TimeoutOptions) => closing ?? flush(options),
    close(options: TimeoutOptions = {}): Promise<OutboxTotals> {
      closing ??= shutDown(options);
      return closing;
    },
  };
}
