import { unavailable } from "./failure.ts";
import { type Database, isBusy } from "./sqlite-driver.ts";
import { rollBack } from "./sqlite-schema.ts";

// So many writes keep the event loop for a few milliseconds.
const LARGEST_COMMIT = 256;
// The event loop takes at most so many turns more while each brings another write; when it is idle, one.
const MOST_TURNS = 8;
const PATIENCE_MS = 2_500;
const LONGEST_LOCK_WAIT_MS = 8;
// A disk that takes longer than this for a commit is given, and gives the event loop, time in between.
const SLOW_COMMIT_MS = 2;
const LONGEST_PAUSE_MS = 50;

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

/** How a writer tells and spends time, in milliseconds. */
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
    else gather(MOST_TURNS);
  }

  /** Lets the event loop go on while that brings more to write. */
  function gather(turnsLeft: number): void {
    const before = waiting.length;
    setImmediate(() => {
      if (turnsLeft > 0 && waiting.length > before && waiting.length < LARGEST_COMMIT) gather(turnsLeft - 1);
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
      if (waiting.length > 0) schedule(1 + Math.random() * LONGEST_LOCK_WAIT_MS);
      else idle();
      return;
    }
    const batch = waiting.splice(0, LARGEST_COMMIT);
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
    // One that is slow by itself has only brought the write-ahead log back into the file.
    const slow = Math.min(took, tookBefore);
    restsUntil = slow > SLOW_COMMIT_MS ? ended + Math.min(4 * slow, LONGEST_PAUSE_MS) : 0;
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
        const until = clock.now() + PATIENCE_MS;
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
