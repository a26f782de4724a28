import type { Config } from "./config.ts";
import type { Courier } from "./courier.ts";
import { AvantLinkError, type ErrorCode } from "./errors.ts";
import type { Outbox, OutboxTotals, OutboxWorker } from "./outbox.ts";
import type { TimeoutOptions } from "./tracker-types.ts";
import type { Transport } from "./transport.ts";
import { within } from "./waiting.ts";

const FLUSH_MS = 5_000;
const LOOK_MS = 20;
const NO_TOTALS: OutboxTotals = { accepted: 0, delivered: 0, pending: 0, dead: 0, removed: 0 };

/** Opens, drains and closes what a tracker holds. */
export interface Lifecycle {
  /**
   * Opens the outbox and starts delivering, once. Rejects when the outbox cannot be opened; the next call tries
   * again. What the shop should know of its outbox is said when the first order needs it, not a click.
   */
  ready(what?: "orders" | "clicks"): Promise<void>;
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
  readonly courier: Courier;
  readonly transport: Transport;
  /** Something failed. */
  readonly problem: (error: AvantLinkError) => void;
  /** Something that the shop should know, though nothing failed. */
  readonly notice: (error: AvantLinkError) => void;
}

export function createLifecycle({
  config,
  clicks,
  courier,
  transport,
  problem,
  notice,
}: LifecycleParts): Lifecycle {
  const { outbox, runtime, concurrency } = config;
  const sends = config.mode === "live";
  let starting: Promise<readonly OutboxWorker[]> | undefined;
  let closing: Promise<OutboxTotals> | undefined;
  const announced = new Set<ErrorCode>();

  function announce(code: ErrorCode): void {
    if (announced.has(code)) return;
    announced.add(code);
    notice(new AvantLinkError(code));
  }

  async function start(): Promise<readonly OutboxWorker[]> {
    if (!sends) return [];
    await clicks.open(runtime);
    await outbox.open(runtime);
    const clickWorker = await clicks.run(courier.deliverClick, { concurrency });
    return config.deliver
      ? [clickWorker, await outbox.run(courier.deliverOrder, { concurrency })]
      : [clickWorker];
  }

  async function ready(what: "orders" | "clicks" = "orders"): Promise<void> {
    if (config.mode === "dry-run" && !config.modeGiven) announce("tracker.dry-run");
    if (what === "orders" && sends && !config.loopback && !outbox.durable) announce("outbox.not-durable");
    const attempt = starting ?? start();
    starting = attempt;
    try {
      await attempt;
    } catch (cause) {
      if (starting === attempt) starting = undefined;
      throw cause;
    }
  }

  async function totals(): Promise<OutboxTotals> {
    return sends ? outbox.totals() : NO_TOTALS;
  }

  async function flush({ timeoutMs = FLUSH_MS }: TimeoutOptions = {}): Promise<OutboxTotals> {
    const until = runtime.now() + timeoutMs;
    try {
      await ready();
      while (runtime.now() < until) {
        const [orders, visits] = await Promise.all([totals(), clicks.totals()]);
        if (visits.pending === 0 && (orders.pending === 0 || !config.deliver)) return orders;
        await pause(Math.min(LOOK_MS, until - runtime.now()));
      }
      return await totals();
    } catch (cause) {
      problem(new AvantLinkError("outbox.unavailable", { cause }));
      return NO_TOTALS;
    }
  }

  async function shutDown(options: TimeoutOptions): Promise<OutboxTotals> {
    if (!starting) return NO_TOTALS;
    const result = await flush(options);
    const workers = await starting?.catch(() => []);
    await within(Promise.all((workers ?? []).map((worker) => worker.stop())), config.timeoutMs, runtime);
    // What was in flight has settled meanwhile.
    const settled = await totals().catch(() => result);
    await Promise.allSettled([clicks.close(), outbox.close(), transport.close()]);
    return settled;
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      runtime.after(ms, resolve, { keepAlive: true });
    });
  }

  return {
    ready,
    totals: async () => {
      await ready();
      return totals();
    },
    get closed() {
      return closing !== undefined;
    },
    flush: (options) => closing ?? flush(options),
    close(options = {}) {
      closing ??= shutDown(options);
      return closing;
    },
  };
}
