import { setImmediate } from "node:timers/promises";
import type { Deliver, DeliverDueOptions, DeliverDueResult, OutboxWorker } from "@avantlink-s2s/core";
import { Deliveries } from "./deliveries.ts";
import { type Store, SWEEP_MS } from "./store.ts";
import { isAnyDue, mendTickets } from "./tickets.ts";

/** How often a worker asks for tickets that have become due and for those of other processes. */
const POLL_MS = 500;
// Machines correct their clocks by less than this all the time.
const CLOCK_TOLERANCE_MS = 1_000;

/** A worker that another part wakes when something may be due. */
export interface Run extends OutboxWorker {
  wake(): void;
}

/** Delivers in the background until stopped. */
export async function startRun(store: Store, deliver: Deliver, concurrency: number): Promise<Run> {
  const { runtime } = store;
  const worker = await store.worker();
  const deliveries = new Deliveries({ ...store, worker, deliver, concurrency });
  let lastNow = runtime.now();
  let sweptAt: number | undefined;
  let sweeping = Promise.resolve();
  let cancel = () => {};

  async function sweep(now: number, clockWentBack: boolean): Promise<void> {
    await sweeping;
    // Where Redis is away, taking tickets fails too, and that is reported.
    await mendTickets(store.tickets, store.book, { now, clockWentBack }).catch(() => {});
    deliveries.wake();
  }

  function poll(): void {
    deliveries.wake();
    const now = runtime.now();
    // The clock may have been set back before this process began.
    const clockWentBack = sweptAt === undefined || now < lastNow - CLOCK_TOLERANCE_MS;
    lastNow = now;
    if (clockWentBack || now - (sweptAt ?? 0) >= SWEEP_MS) {
      sweptAt = now;
      sweeping = sweep(now, clockWentBack);
    }
    cancel = runtime.after(POLL_MS, poll);
  }

  await worker.startStalledCheckTimer();
  poll();
  return {
    wake: () => deliveries.wake(),
    async stop() {
      cancel();
      deliveries.stop();
      await Promise.all([sweeping, deliveries.idle()]);
    },
  };
}

/** Delivers what is due now, and ends. */
export async function deliverDue(
  store: Store,
  deliver: Deliver,
  { concurrency, timeoutMs }: DeliverDueOptions,
): Promise<DeliverDueResult> {
  const { book, tickets, runtime } = store;
  if ((await book.size()) === 0) return { delivered: 0, retrying: 0, dead: 0, timedOut: false };
  const worker = await store.worker();
  const deliveries = new Deliveries({ ...store, worker, deliver, concurrency, once: true });
  let isTimeUp = false;
  const endNow = () => {
    isTimeUp = true;
    deliveries.stop();
  };
  const cancel = runtime.after(timeoutMs, endNow);
  if (timeoutMs <= 0) endNow();
  // Redis answers in turn: what a worker left behind when it was killed is handed out before the first ticket is taken.
  await worker.startStalledCheckTimer();
  await setImmediate();
  await mendTickets(tickets, book, { now: runtime.now(), clockWentBack: true });
  deliveries.wake();
  await deliveries.idle();
  cancel();
  return { ...deliveries.results, timedOut: isTimeUp && (await isAnyDue(tickets)) };
}
