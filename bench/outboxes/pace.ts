import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import type { OutboxJob } from "@avantlink-s2s/core";

/** Takes an order in; resolves, or returns, when it is durable. */
export type Accept = (job: OutboxJob) => unknown;

const BURST = 100;

/** Orders a second, each after the one before is durable. */
export async function oneAtATime(jobs: readonly OutboxJob[], accept: Accept): Promise<number> {
  const started = performance.now();
  for (const job of jobs) await accept(job);
  return (jobs.length * 1_000) / (performance.now() - started);
}

/** Orders a second, a hundred at once, each burst after the one before. */
export async function inBursts(jobs: readonly OutboxJob[], accept: Accept): Promise<number> {
  const started = performance.now();
  for (let from = 0; from < jobs.length; from += BURST) {
    await Promise.all(jobs.slice(from, from + BURST).map(accept));
  }
  return (jobs.length * 1_000) / (performance.now() - started);
}

/** How late the event loop is at its slowest hundredth, in milliseconds, while orders come in at a rate a second. */
export async function loopDelay(
  seconds: number,
  rate: number,
  accept: (number: number) => unknown,
): Promise<{ readonly p50: number; readonly p99: number; readonly worst: number }> {
  const resolution = 1;
  const delay = monitorEventLoopDelay({ resolution });
  const under = new Set<Promise<unknown>>();
  let sent = 0;
  await pause(100);
  delay.enable();
  const started = performance.now();
  while (performance.now() - started < seconds * 1_000) {
    const due = Math.floor(((performance.now() - started) * rate) / 1_000);
    for (; sent < due; sent += 1) {
      const taking = Promise.resolve(accept(sent)).finally(() => under.delete(taking));
      under.add(taking);
    }
    await pause(1);
  }
  delay.disable();
  await Promise.all(under);
  // The histogram counts the interval itself in.
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - resolution);
  return { p50: late(delay.percentile(50)), p99: late(delay.percentile(99)), worst: late(delay.max) };
}
