import { resolve } from "node:path";
import { AvantLinkError, type Outbox, type Runtime, type SettledRecord } from "@avantlink-s2s/core";
import type { RowLease } from "../job-row.ts";
import { type LeaseWorkers, leaseWorkers } from "../lease-worker.ts";
import { checkOptions } from "../options.ts";
import { hasWalResetFault } from "./connection.ts";
import { type Ask, databaseAt } from "./database.ts";

// How often the file is looked for.
const WATCH_MS = 1_000;

/** The options of {@link sqliteOutbox}. */
export interface SqliteOutboxOptions {
  /**
   * The database file, which is made when it is missing, its folder too, both for its owner only. On a disk of this
   * machine; several processes may share it. Nothing else belongs in it.
   */
  readonly path: string;
}

/** What an open outbox works with. */
interface Open {
  readonly read: Ask;
  readonly write: Ask;
  readonly workers: LeaseWorkers;
  /** Whether the file was removed and cannot be made again: what is put now would end with the process. */
  readonly isLost: () => boolean;
  close(): Promise<void>;
}

/**
 * Keeps orders in a SQLite file: nothing to install on Node.js 22.13 or newer, better-sqlite3 beside it on older
 * ones. For one machine, with any number of processes.
 */
export function sqliteOutbox(options: SqliteOutboxOptions): Outbox {
  checkOptions("sqliteOutbox", options, { path: filePath });
  const path = resolve(options.path);
  let opening: Promise<Open> | undefined;
  let now: () => number = Date.now;

  async function opened(): Promise<Open> {
    if (!opening) throw new AvantLinkError("outbox.unavailable", { detail: "It is not open." });
    return opening;
  }

  return {
    name: "sqlite",
    durable: true,
    async open(runtime, report) {
      now = () => runtime.now();
      opening ??= openOutbox(path, runtime, report);
      try {
        await opening;
      } catch (cause) {
        opening = undefined;
        throw cause;
      }
    },
    async put(job, { dead } = {}) {
      const { isLost, write, workers } = await opened();
      if (isLost()) throw new AvantLinkError("outbox.unavailable", { detail: `${path} was removed.` });
      const storing = write("put", job, now(), dead);
      // The claim stands right behind the job in the same transaction, which saves a commit.
      workers.wake();
      return storing;
    },
    run: async (deliver, { concurrency }) => (await opened()).workers.run(deliver, concurrency),
    deliverDue: async (deliver, due) => (await opened()).workers.deliverDue(deliver, due),
    find: async (key) => (await opened()).read("find", key),
    waiting: {
      list: async ({ limit = 100, offset = 0 } = {}) => (await opened()).read("waiting", limit, offset),
    },
    settled: {
      async list(accepted) {
        const { read } = await opened();
        const all: SettledRecord[] = [];
        for (let after = 0; ; ) {
          const { records, last } = await read("settled", accepted, after);
          if (last === null) return all;
          all.push(...records);
          after = last;
        }
      },
    },
    totals: async () => (await opened()).read("totals"),
    dead: {
      list: async ({ limit = 100, offset = 0 } = {}) => (await opened()).read("letters", limit, offset),
      async retry(key, corrected) {
        const { write, workers } = await opened();
        const retried = await write("retry", key, now(), corrected);
        workers.wake();
        return retried;
      },
      remove: async (key) => (await opened()).write("remove", key, now()),
    },
    forget: async (key) => (await opened()).write("forget", key, now()),
    async close() {
      const closing = opening;
      opening = undefined;
      await (await closing?.catch(() => undefined))?.close();
    },
  };
}

async function openOutbox(
  path: string,
  runtime: Runtime,
  report: (error: AvantLinkError) => void,
): Promise<Open> {
  const database = databaseAt(path, report);
  const { read, write } = database;
  const now = () => runtime.now();
  const atRisk = (detail: string) => report(new AvantLinkError("outbox.at-risk", { detail }));
  let isLost = false;
  let isClosed = false;
  let cancelLook = () => {};

  const workers = leaseWorkers<RowLease>(
    {
      claim: (limit) => write("claim", limit, now()),
      settle: (leased, verdict) => write("settle", leased, verdict, now()),
      release: (leased) => write("release", leased),
    },
    runtime,
    report,
  );

  function lookSoon(): void {
    cancelLook = runtime.after(WATCH_MS, async () => {
      await look();
      if (!isClosed) lookSoon();
    });
  }

  async function look(): Promise<void> {
    try {
      if (await database.lookAfter(now())) {
        atRisk(
          `${path} was removed or replaced while in use. Its orders were moved to the file of that name.`,
        );
        workers.wake();
      }
      isLost = false;
    } catch (cause) {
      // A thread that ended is started again by the next call.
      if (isClosed || !(cause instanceof AvantLinkError)) return;
      if (!isLost) report(new AvantLinkError("outbox.stalled", { cause }));
      isLost = true;
    }
  }

  const version = await database.sqliteVersion();
  if (hasWalResetFault(version)) {
    atRisk(
      `SQLite ${version} may damage a file that several processes write at the same instant: update Node.js (or better-sqlite3) to one with SQLite 3.51.3 or newer, or use one process.`,
    );
  }
  lookSoon();
  return {
    ...{ read, write, workers },
    isLost: () => isLost,
    close() {
      isClosed = true;
      cancelLook();
      return database.close();
    },
  };
}

function filePath(value: unknown): string | undefined {
  if (typeof value !== "string" || value.trim() === "") return "expected the path of a file";
  if (value.includes(":memory:")) return "keeps nothing beyond this process; use memoryOutbox() for that";
  // Such a path would be a folder of that name below the working directory, which the next deploy leaves behind.
  return /^~|^[a-z]{2,}:/i.test(value) ? "is no path: give it without ~ and without file:" : undefined;
}
