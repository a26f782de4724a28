// An outbox of ours, accepting and delivering in a process of its own.
import { createTracker, memoryOutbox, type Outbox, type OutboxJob } from "@avantlink-s2s/core";
// Ours loads it with the first delivery, the pool that it is measured against before the first.
import "undici";
import { type OutboxAddress, outboxAt } from "../../test/support/outboxes.ts";
import { serve } from "../child-process.ts";
import { contextOf, MERCHANT_ID, orderOf } from "../orders.ts";
import { jobsOf } from "./jobs.ts";
import { inBursts, loopDelay, oneAtATime } from "./pace.ts";

/** Where it keeps its orders. */
export type Place = OutboxAddress | { readonly kind: "memory" };

const CHUNK = 5_000;
const prefix = `P${process.pid}-`;
const runtime = {
  now: () => Date.now(),
  random: () => Math.random(),
  uuid: () => crypto.randomUUID(),
  after(ms: number, callback: () => void) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
let outbox: Outbox;
let numbered = 0;

function jobs(count: number): readonly OutboxJob[] {
  const made = jobsOf(numbered, count, prefix);
  numbered += count;
  return made;
}

/** Delivers until so many have been confirmed and settled. */
async function deliver(count: number, endpoint: string): Promise<{ ms: number; cpuMs: number }> {
  const { delivered: before } = await outbox.totals();
  const done = Promise.withResolvers<void>();
  let delivered = 0;
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint,
    outbox,
    onEvent(event) {
      if (event.type === "delivered") delivered += 1;
      else if (event.type !== "accepted") done.reject(new Error(JSON.stringify(event)));
      if (delivered === count) done.resolve();
    },
  });
  const started = performance.now();
  const cpu = process.cpuUsage();
  await tracker.start();
  await done.promise;
  while ((await outbox.totals()).delivered - before < count)
    await new Promise((resolve) => setTimeout(resolve, 5));
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  return { ms, cpuMs: (user + system) / 1_000 };
}

const methods = {
  async open(place: Place) {
    outbox = place.kind === "memory" ? memoryOutbox({ capacity: 2_000_000 }) : await outboxAt(place);
    await outbox.open(runtime, () => {});
  },
  async fill(count: number) {
    for (let left = count; left > 0; left -= CHUNK)
      await inBursts(jobs(Math.min(left, CHUNK)), (job) => outbox.put(job));
  },
  /** Orders a second, and how many there were. */
  oneAtATime: async (count: number) => oneAtATime(jobs(count), (job) => outbox.put(job)),
  inBursts: async (count: number) => inBursts(jobs(count), (job) => outbox.put(job)),
  drain: ({ count, endpoint }: { count: number; endpoint: string }) => deliver(count, endpoint),
  async loopDelay({ seconds, rate, endpoint }: { seconds: number; rate: number; endpoint: string }) {
    const tracker = createTracker({ merchantId: MERCHANT_ID, endpoint, outbox, onEvent() {} });
    await tracker.start();
    const first = numbered;
    const delay = await loopDelay(seconds, rate, (number) =>
      tracker.trackOrder(orderOf(first + number, prefix), contextOf(first + number)),
    );
    numbered += seconds * rate * 2;
    return delay;
  },
  memory() {
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    return { rss, heap: heapUsed };
  },
};

export type OutboxMethods = typeof methods;
serve(methods);
