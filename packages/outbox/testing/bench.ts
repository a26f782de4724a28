import type { ClaimedJob, Outbox, Verdict } from "@avantlink-s2s/core";
import { retry } from "./jobs.ts";

/** A job that a worker was handed, and how it is answered. */
export interface Handed {
  readonly job: ClaimedJob;
  answer(verdict: Verdict): void;
}

/** A worker whose deliveries wait for the test. */
export interface Bench {
  /** The next job that the outbox hands out. */
  next(): Promise<Handed>;
  /** How many jobs were handed out and are not answered yet. */
  readonly open: number;
  /** Claims nothing more, and resolves when what was handed out is answered and settled. */
  stop(): Promise<void>;
  /** Answers what is open, so that the worker can stop. */
  end(): Promise<void>;
}

/** Runs an outbox under the test's hands. */
export async function bench(outbox: Outbox, concurrency = 1): Promise<Bench> {
  const handed: Handed[] = [];
  const callers: ((one: Handed) => void)[] = [];
  const open = new Set<Handed>();
  const worker = await outbox.run(
    (job) =>
      new Promise((resolve) => {
        const one: Handed = {
          job,
          answer(verdict) {
            open.delete(one);
            resolve(verdict);
          },
        };
        open.add(one);
        const caller = callers.shift();
        if (caller) caller(one);
        else handed.push(one);
      }),
    { concurrency },
  );
  return {
    get open() {
      return open.size;
    },
    next() {
      const one = handed.shift();
      return one ? Promise.resolve(one) : new Promise((resolve) => callers.push(resolve));
    },
    stop: () => worker.stop(),
    async end() {
      const stopping = worker.stop();
      for (const one of open) one.answer(retry(Date.now() + 3_600_000));
      await stopping;
    },
  };
}
