import { unavailable } from "../failure.ts";
import { type Database, isBusy } from "./driver.ts";
import { rollBack } from "./schema.ts";

// Upper bound of writes a commit: more would hold the event loop for longer than a few milliseconds.
const MAX_WRITES = 256;
// While each turn of the event loop brings another write, a commit waits for this many turns; when it is idle, one.
const MAX_TURNS = 8;
const MAX_WRITE_MS = 2_500;
const MAX_LOCK_WAIT_MS = 8;
// After a commit that takes longer than this, the disk and the event loop rest for a while.
const SLOW_COMMIT_MS = 2;
const MAX_REST_MS = 50;

/** Writes to the database, many writes a commit. */
export interface Writer {
  /** Runs `work` within the next transaction; resolves with what it gave once that is on the disk. */
  write<T>(work: () => T): Promise<T>;
  /** Resolves when everything that was asked for is written or refused. */
  end(): Promise<void>;
}

/** What is done at the end of every transaction. */
export interface TransactionEnds {
  /** The last writes before the commit. */
  conclude(): void;
  /** It was rolled back. */
  abandon(): void;
}

/** A writer's clock, in milliseconds. */
export interface WriterClock {
  now(): number;
  wait(then: () => void, ms: number): void;
}

const CLOCK: WriterClock = { now: () => performance.now(), wait: (then, ms) => void setTimeout(then, ms) };

interface Waiting {
  readonly until: number;
  readonly work: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * What is written within some turns of the event loop shares one commit, since a commit waits for the disk while
 * nothing else runs. A lock that another process holds is tried again later, off the event loop.
 */
export function createWriter(database: Database, ends: TransactionEnds, clock: WriterClock = CLOCK): Writer {
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  let waiting: Waiting[] = [];
  let scheduled = false;
  let restsUntil = 0;
  let tookBefore = 0;
  let idle: () => void = () => {};

  function schedule(ms: number): void {
    if (scheduled) return;
    scheduled = true;
    if (ms > 0) clock.wait(turn, ms);
    else gather(MAX_TURNS);
  }

  /** Lets the event loop go on while that brings more to write. */
  function gather(turnsLeft: number): void {
    const before = waiting.length;
    setImmediate(() => {
      if (turnsLeft > 0 && waiting.length > before && waiting.length < MAX_WRITES) gather(turnsLeft - 1);
      else turn();
    });
  }

  function turn(): void {
    scheduled = false;
    const started = clock.now();
    try {
      begin.run();
    } catch (cause) {
      giveUp(isBusy(cause) ? ({ until }) => until <= started : () => true, cause);
      if (waiting.length > 0) schedule(1 + Math.random() * MAX_LOCK_WAIT_MS);
      else idle();
      return;
    }
    const batch = waiting.splice(0, MAX_WRITES);
    let committing = started;
    try {
      const results = batch.map(({ work }) => work());
      ends.conclude();
      committing = clock.now();
      commit.run();
      for (const [index, { resolve }] of batch.entries()) resolve(results[index]);
    } catch (cause) {
      rollBack(database);
      ends.abandon();
      for (const { reject } of batch) reject(unavailable(cause));
    }
    const ended = clock.now();
    const took = ended - committing;
    // A commit that alone is slow has only brought the write-ahead log back into the file.
    const slow = Math.min(took, tookBefore);
    restsUntil = slow > SLOW_COMMIT_MS ? ended + Math.min(4 * slow, MAX_REST_MS) : 0;
    tookBefore = took;
    if (waiting.length > 0) schedule(restsUntil - clock.now());
    else idle();
  }

  function giveUp(which: (one: Waiting) => boolean, cause: unknown): void {
    const given = waiting.filter(which);
    waiting = waiting.filter((one) => !which(one));
    for (const { reject } of given) reject(unavailable(cause));
  }

  return {
    write<T>(work: () => T) {
      return new Promise<T>((resolve, reject) => {
        const until = clock.now() + MAX_WRITE_MS;
        waiting.push({ until, work, resolve: (value) => resolve(value as T), reject });
        schedule(restsUntil - clock.now());
      });
    },
    end() {
      return new Promise((resolve) => {
        idle = resolve;
        if (waiting.length === 0) resolve();
      });
    },
  };
}
