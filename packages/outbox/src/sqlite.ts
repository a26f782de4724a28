import { resolve } from "node:path";
import { AvantLinkError, type Outbox, type Runtime } from "@avantlink-s2s/core";
import { unavailable } from "./failure.ts";
import { NOT_YET, recordOf } from "./not-yet.ts";
import { checkOptions } from "./options.ts";
import { pause } from "./pause.ts";
import { type Pump, startPump } from "./pump.ts";
import { connect, hasWalResetFault } from "./sqlite-connection.ts";
import { type Database, isBusy } from "./sqlite-driver.ts";
import { Jobs } from "./sqlite-jobs.ts";
import { createWriter, type Writer } from "./sqlite-writer.ts";

const RECOVERY_MS = 2_500;

/** The options of {@link sqliteOutbox}. */
export interface SqliteOutboxOptions {
  /**
   * The database file, which is made when it is missing, its folder too. On a disk of this machine; several
   * processes may share it. Nothing else belongs in it.
   */
  readonly path: string;
}

/** An open file. */
interface Store {
  readonly database: Database;
  readonly jobs: Jobs;
  readonly writer: Writer;
  readonly runtime: Runtime;
  readonly problem: (error: AvantLinkError) => void;
}

/**
 * Keeps orders in a SQLite file: nothing to install on Node.js 22.13 or newer, better-sqlite3 beside it on older
 * ones. For one machine, with any number of processes.
 */
export function sqliteOutbox(options: SqliteOutboxOptions): Outbox {
  checkOptions("sqliteOutbox", options, { path: filePath });
  const path = resolve(options.path);
  let opening: Promise<void> | undefined;
  let store: Store | undefined;
  let pump: Pump | undefined;

  async function openStore(runtime: Runtime, problem: Store["problem"]): Promise<void> {
    const database = await connect(path);
    const jobs = new Jobs(database);
    const writer = createWriter(database, {
      conclude: () => jobs.conclude(runtime.now()),
      abandon: () => jobs.abandon(),
    });
    store = { database, jobs, writer, runtime, problem };
    const { version } = database.prepare("SELECT sqlite_version() AS version").get() as { version: string };
    if (!hasWalResetFault(version)) return;
    const detail = `SQLite ${version} may damage a file that several processes write at the same instant: update Node.js (or better-sqlite3) to one with SQLite 3.51.3 or newer, or use one process.`;
    problem(new AvantLinkError("outbox.at-risk", { detail }));
  }

  function opened(): Store {
    if (!store) throw new AvantLinkError("outbox.unavailable", { detail: "It is not open." });
    return store;
  }

  async function write<T>(work: (jobs: Jobs, now: number) => T): Promise<T> {
    const { writer, jobs, runtime } = opened();
    return writer.write(() => work(jobs, runtime.now()));
  }

  /** Reading waits for nobody, except while another process mends the file after a crash. */
  async function read<T>(work: (jobs: Jobs) => T): Promise<T> {
    for (const until = performance.now() + RECOVERY_MS; ; await pause(10)) {
      try {
        return work(opened().jobs);
      } catch (cause) {
        if (!isBusy(cause) || performance.now() > until) throw unavailable(cause);
      }
    }
  }

  return {
    name: "sqlite",
    durable: true,
    async open(runtime, problem) {
      opening ??= openStore(runtime, problem);
      try {
        await opening;
      } catch (cause) {
        opening = undefined;
        throw cause;
      }
    },
    async put(job, { dead } = {}) {
      const storing = write((jobs, now) => jobs.put(job, now, dead));
      // The claim stands right behind the job in the same transaction, which saves a commit.
      pump?.wake();
      const state = await storing;
      return state === undefined ? { status: "accepted" } : { status: "duplicate", state };
    },
    async run(deliver, { concurrency }) {
      const { runtime, problem } = opened();
      pump = startPump({
        store: {
          claim: (limit) => write((jobs, now) => jobs.claim(limit, now)),
          settle: (leased, verdict) => write((jobs, now) => jobs.settle(leased, verdict, now)),
          release: (leased) => write((jobs, now) => jobs.release(leased, now)),
        },
        deliver,
        concurrency,
        runtime,
        problem,
      });
      return pump;
    },
    ...NOT_YET,
    find: async (key) => recordOf(key, await read((jobs) => jobs.state(key))),
    totals: () => read((jobs) => jobs.totals()),
    dead: {
      list: ({ limit = 100, offset = 0 } = {}) => read((jobs) => jobs.letters(limit, offset)),
      async retry(key, corrected) {
        const retried = await write((jobs, now) => jobs.retry(key, now, corrected?.body));
        pump?.wake();
        return retried;
      },
      remove: (key) => write((jobs, now) => jobs.remove(key, now)),
    },
    async close() {
      await opening?.catch(() => {});
      const closing = store;
      opening = undefined;
      store = undefined;
      await closing?.writer.end();
      closing?.database.close();
    },
  };
}

function filePath(value: unknown): string | undefined {
  if (value === ":memory:") return "keeps nothing beyond this process; use memoryOutbox() for that";
  return typeof value === "string" && value.trim() !== "" ? undefined : "expected the path of a file";
}
