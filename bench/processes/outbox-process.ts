// An outbox of ours that accepts and delivers in a process of its own.
import { createTracker, memoryOutbox, type Outbox, type OutboxJob } from "@avantlink-s2s/core";
import { systemRuntime } from "@avantlink-s2s/core/adapter";
import { type OutboxAddress, outboxAt } from "../../test/support/outboxes.ts";
import { serve } from "../frame/remote.ts";
import { inBursts, jobsOf } from "../jobs.ts";
import { MERCHANT_ID } from "../orders.ts";

const CHUNK = 5_000;
let outbox: Outbox;
let numbered = 0;

function jobs(count: number): readonly OutboxJob[] {
  numbered += count;
  return jobsOf(numbered - count, count);
}

const methods = {
  /** Opens the outbox at an address, or in memory. */
  async open(address: OutboxAddress | undefined) {
    outbox = address ? await outboxAt(address) : memoryOutbox({ capacity: 1_000_000 });
    await outbox.open(systemRuntime, () => {});
  },
  async fill(count: number) {
    for (let left = count; left > 0; left -= CHUNK)
      await inBursts(jobs(Math.min(left, CHUNK)), (job) => outbox.put(job));
  },
  inBursts: (count: number) => inBursts(jobs(count), (job) => outbox.put(job)),
  /** Delivers so many orders; returns the milliseconds. */
  async drain({ count, endpoint }: { readonly count: number; readonly endpoint: string }) {
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
    await tracker.start();
    await done.promise;
    while ((await outbox.totals()).delivered < count) await new Promise((resolve) => setTimeout(resolve, 1));
    return performance.now() - started;
  },
  /** Delivers for so long without a request: what the outbox alone costs. Returns the orders a second. */
  async deliverFor({ ms, concurrency }: { readonly ms: number; readonly concurrency: number }) {
    const started = performance.now();
    const { delivered } = await outbox.deliverDue(async () => ({ status: "delivered" }), {
      concurrency,
      timeoutMs: ms,
    });
    return (delivered * 1_000) / (performance.now() - started);
  },
  /** Delivers all that is pending without a request. */
  async deliverAll() {
    const options = { concurrency: 1_000, timeoutMs: 60_000 };
    // PostgreSQL cannot count a million waiting orders in the time that it is given.
    for (let left = true; left; ) {
      const { delivered } = await outbox.deliverDue(async () => ({ status: "delivered" }), options);
      left = delivered > 0;
    }
  },
  /** How often a second the totals can be read. */
  async readTotals(count: number) {
    const started = performance.now();
    for (let read = 0; read < count; read += 1) await outbox.totals();
    return (count * 1_000) / (performance.now() - started);
  },
};

export type OutboxMethods = typeof methods;
serve(methods);
