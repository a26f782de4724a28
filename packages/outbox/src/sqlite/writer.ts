import { setImmediate } from "node:timers/promises";
import { inBatches } from "../batches.ts";
import { unavailable } from "../failure.ts";
import { MAX_ANSWER_MS } from "../in-time.ts";
import { pause } from "../pause.ts";
import { type Database, isBusy } from "./driver.ts";
import { rollBack } from "./schema.ts";

// Upper bound of writes a commit: more would hold the event loop for longer than a few milliseconds.
const MAX_WRITES = 256;
const MAX_LOCK_WAIT_MS = 8;
// After commits that take longer than this, the disk and the event loop rest for a while.
const SLOW_COMMIT_MS = 2;
const MAX_REST_MS = 50;

/** Runs `work` within the next transaction; resolves with what it gave once that is on the disk. In the order asked. */
export type Write = <T>(work: () => T) => Promise<T>;

/** A writer's clock, in milliseconds. */
export interface WriterClock {
  now(): number;
  pause(ms: number): Promise<void>;
}

/**
 * Writes to the database that is open now. What is written in one turn of the event loop shares one commit, since a
 * commit waits for the disk while nothing else runs. A lock that another process holds is tried again later, off the
 * event loop.
 */
export function createWriter(
  database: () => Database,
  clock: WriterClock = { now: () => performance.now(), pause },
): Write {
  let restsUntil = 0;
  let tookBefore = 0;

  async function ready(): Promise<void> {
    const rest = restsUntil - clock.now();
    await (rest > 0 ? clock.pause(rest) : setImmediate());
  }

  async function begin(): Promise<void> {
    for (
      const until = clock.now() + MAX_ANSWER_MS;
      ;
      await clock.pause(1 + Math.random() * MAX_LOCK_WAIT_MS)
    ) {
      try {
        return database().exec("BEGIN IMMEDIATE");
      } catch (cause) {
        if (!isBusy(cause) || clock.now() > until) throw unavailable(cause);
      }
    }
  }

  async function commit(works: readonly (() => unknown)[]): Promise<readonly unknown[]> {
    await begin();
    let committing = clock.now();
    try {
      const results = works.map((work) => work());
      committing = clock.now();
      database().exec("COMMIT");
      return results;
    } catch (cause) {
      rollBack(database());
      throw unavailable(cause);
    } finally {
      const took = clock.now() - committing;
      // A commit that alone is slow has only brought the write-ahead log back into the file.
      const slow = Math.min(took, tookBefore);
      restsUntil = slow > SLOW_COMMIT_MS ? clock.now() + Math.min(4 * slow, MAX_REST_MS) : 0;
      tookBefore = took;
    }
  }

  return inBatches(commit, { size: MAX_WRITES, underWay: 1, ready }) as Write;
}
