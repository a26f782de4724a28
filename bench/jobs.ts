import { type OutboxJob, toOrderPayload } from "@avantlink-s2s/core";
import { contextOf, orderKeyOf, orderOf } from "./orders.ts";

const BURST = 100;

/** Orders as an outbox stores them, with the numbers from `from` on. */
export function jobsOf(from: number, count: number): readonly OutboxJob[] {
  return Array.from({ length: count }, (_, index) => jobOf(from + index));
}

function jobOf(number: number): OutboxJob {
  const result = toOrderPayload(orderOf(number), contextOf(number));
  if (!result.ok) throw result.error;
  return {
    key: orderKeyOf(number),
    kind: "order",
    orderNumber: "",
    body: JSON.stringify(result.payload),
    acceptedAt: Date.now(),
  };
}

/** Puts jobs in bursts of a hundred at once, as a hundred requests do. Returns the orders a second. */
export async function inBursts(
  jobs: readonly OutboxJob[],
  put: (job: OutboxJob) => unknown,
): Promise<number> {
  const started = performance.now();
  for (let from = 0; from < jobs.length; from += BURST)
    await Promise.all(jobs.slice(from, from + BURST).map(put));
  return (jobs.length * 1_000) / (performance.now() - started);
}
