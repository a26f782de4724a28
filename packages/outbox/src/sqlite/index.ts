import { resolve } from "node:path";
import { AvantLinkError, type Outbox, type Runtime } from "@avantlink-s2s/core";
import { unavailable } from "../failure.ts";
import { inTime, MAX_ANSWER_MS } from "../in-time.ts";
import type { RowLease } from "../job-row.ts";
import { type LeaseWorkers, leaseWorkers } from "../lease-worker.ts";
import { checkOptions } from "../options.ts";
import { pause } from "../pause.ts";
import { connect, hasWalResetFault } from "./connection.ts";
import { type Database, isBusy } from "./driver.ts";
import { identityOf } from "./file-access.ts";
import { returnSpare } from "./free-pages.ts";
import { copyJobs } from "./removed-file.ts";
import { SqliteStore } from "./store.ts";
import { createWriter } from "./writer.ts";

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

/** An open file. */
interface OpenFile {
  readonly database: Database;
  readonly store: SqliteStore;
  /** Which file it is, whatever its name stands for later. */
  readonly identity: string | undefined;
}

/** What an open outbox works with. */
interface Open {
  file: OpenFile;
  /** Under way while another file takes a removed one's place. */
  moving: Promise<void> | undefined;
  /** Whether the file was removed and cannot be made again: what is put now would end with the process. */
  lost: boolean;
  readonly workers: LeaseWorkers;
  readonly endWatch: () => void;
}

/**
 * Keeps orders in a SQLite file: nothing to install on Node.js 22.13 or newer, better-sqlite3 beside it on older
 * ones. For one machine, with any number of processes.
 */
export function sqliteOutbox(options: SqliteOutboxOptions): Outbox {
  checkOptions("sqliteOutbox", options, { path: filePath });
  const path = resolve(options.path);
  let opening: Promise<void> | undefined;
  let open: Open | undefined;
  let clock: () => number = Date.now;

  const writeTogether = createWriter(() => opened().file.database);

  async function openFile(): Promise<OpenFile> {
    const database = await connect(path);
    return { database, store: new SqliteStore(database), identity: await identityOf(path) };
  }

  async function openStore(runtime: Runtime, report: (error: AvantLinkError) => void): Promise<void> {
    const file = await openFile();
    const workers = leaseWorkers<RowLease>(
      {
        claim: (limit) => write((store, now) => store.claim(limit, now)),
        settle: (leased, verdict) => write((store, now) => store.settle(leased, verdict, now)),
        release: (leased) => write((store) => store.release(leased)),
      },
      runtime,
      report,
    );
    const version = file.database.prepare("SELECT sqlite_version() AS version").get() as { version: string };
    open = { file, moving: undefined, lost: false, workers, endWatch: watch(runtime, report) };
    if (!hasWalResetFault(version.version)) return;
    const detail = `SQLite ${version.version} may damage a file that several processes write at the same instant: update Node.js (or better-sqlite3) to one with SQLite 3.51.3 or newer, or use one process.`;
    report(new AvantLinkError("outbox.at-risk", { detail }));
  }

  /** Looks whether the open file still bears its name: what is written to a removed file ends with the process. */
  function watch(runtime: Runtime, report: (error: AvantLinkError) => void): () => void {
    let cancel = () => {};

    async function look(): Promise<void> {
      const now = open;
      if (!now) return;
      try {
        const identity = await identityOf(path);
        // A closed outbox makes no file.
        if (open !== now) return;
        if (identity !== now.file.identity) {
          const detail = `${path} was removed or replaced while in use. Its orders are moved to the file of that name.`;
          if (!now.lost) report(new AvantLinkError("outbox.at-risk", { detail }));
          now.moving = move(now, runtime).finally(() => {
            now.moving = undefined;
          });
          await now.moving;
          now.lost = false;
          now.workers.wake();
        }
      } catch (cause) {
        if (!now.lost) report(new AvantLinkError("outbox.stalled", { cause: unavailable(cause) }));
        now.lost = true;
      }
      if (open === now && !now.lost) await returnSpare(now.file.database, writeTogether);
      if (open === now) next();
    }

    function next(): void {
      cancel = runtime.after(WATCH_MS, () => void look());
    }

    next();
    return () => cancel();
  }

  async function move(now: Open, runtime: Runtime): Promise<void> {
    const removed = now.file;
    const file = await openFile();
    try {
      // What was asked for before is written there first.
      await writeTogether(() => {});
      await copyJobs(removed.database, path, runtime.now());
    } catch (cause) {
      file.database.close();
      throw cause;
    }
    now.file = file;
    removed.database.close();
  }

  function opened(): Open {
    if (!open) throw new AvantLinkError("outbox.unavailable", { detail: "It is not open." });
    return open;
  }

  /** The file, once it has moved if that is under way. */
  async function openedFile(): Promise<OpenFile> {
    const { moving } = opened();
    if (moving) await inTime(moving, path);
    return opened().file;
  }

  async function write<T>(work: (store: SqliteStore, now: number) => T): Promise<T> {
    await openedFile();
    return writeTogether(() => work(opened().file.store, clock()));
  }

  /** Reading waits for nobody, except while another process mends the file after a crash. */
  async function read<T>(work: (store: SqliteStore) => T): Promise<T> {
    for (const until = performance.now() + MAX_ANSWER_MS; ; await pause(10)) {
      try {
        return work((await openedFile()).store);
      } catch (cause) {
        if (!isBusy(cause) || performance.now() > until) throw unavailable(cause);
      }
    }
  }

  return {
    name: "sqlite",
    durable: true,
    async open(runtime, report) {
      clock = () => runtime.now();
      opening ??= openStore(runtime, report);
      try {
        await opening;
      } catch (cause) {
        opening = undefined;
        throw cause;
      }
    },
    async put(job, { dead } = {}) {
      if (open?.lost) throw new AvantLinkError("outbox.unavailable", { detail: `${path} was removed.` });
      const storing = write((store, now) => store.put(job, now, dead));
      // The claim stands right behind the job in the same transaction, which saves a commit.
      open?.workers.wake();
      return storing;
    },
    run: async (deliver, { concurrency }) => opened().workers.run(deliver, concurrency),
    deliverDue: async (deliver, due) => opened().workers.deliverDue(deliver, due),
    find: (key) => read((store) => store.find(key)),
    waiting: {
      list: ({ limit = 100, offset = 0 } = {}) => read((store) => store.waiting(limit, offset)),
    },
    settled: { list: (accepted) => read((store) => store.settled(accepted)) },
    totals: () => read((store) => store.totals()),
    dead: {
      list: ({ limit = 100, offset = 0 } = {}) => read((store) => store.letters(limit, offset)),
      async retry(key, corrected) {
        const retried = await write((store, now) => store.retry(key, now, corrected));
        open?.workers.wake();
        return retried;
      },
      remove: (key) => write((store, now) => store.remove(key, now)),
    },
    forget: (key) => write((store, now) => store.forget(key, now)),
    async close() {
      await opening?.catch(() => {});
      await open?.moving?.catch(() => {});
      opening = undefined;
      if (!open) return;
      open.endWatch();
      await writeTogether(() => {}).catch(() => {});
      open.file.database.close();
      open = undefined;
    },
  };
}

function filePath(value: unknown): string | undefined {
  if (typeof value !== "string" || value.trim() === "") return "expected the path of a file";
  if (value.includes(":memory:")) return "keeps nothing beyond this process; use memoryOutbox() for that";
  // Such a path would be a folder of that name below the working directory, which the next deploy leaves behind.
  return /^~|^[a-z]{2,}:/i.test(value) ? "is no path: give it without ~ and without file:" : undefined;
}
