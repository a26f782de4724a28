import { unavailable } from "../failure.ts";
import { connect } from "./connection.ts";
import { insist, sharedNow } from "./driver.ts";
import { identityOf } from "./prepare-file.ts";
import { copyJobs } from "./removed-file.ts";
import { readPragma, rollBack } from "./schema.ts";
import { SqliteStore } from "./store.ts";

// Free pages of 4 KB that stay in the file for the next orders, and how many go back to the disk at a time.
const MAX_SPARE = 1_024;
const MAX_RETURNED = 512;

/** What a store is asked: the name of its method, and the arguments. */
export type Call = readonly [name: keyof SqliteStore, ...values: unknown[]];

/** An open database file. All that it is given and gives is plain data, so that it can be in another thread. */
export interface OpenFile {
  sqliteVersion(): Promise<string>;
  /** Reads at once, beside what is being written. */
  read(call: Call): Promise<unknown>;
  /**
   * Does all calls in one transaction, in their order. Resolves with what each gave once that is on the disk. What
   * cannot be begun by `until` ({@link sharedNow}) is not done.
   */
  write(calls: readonly Call[], until: number): Promise<readonly unknown[]>;
  /** Looks after the file. Returns whether it had been removed: then everything in it is in a new one of that name. */
  lookAfter(now: number): Promise<boolean>;
  /** Closes the file when what was asked for before is done. */
  close(): Promise<void>;
}

/** Opens the file, which is made when it is missing. Whatever it does holds the thread that it is called in. */
export async function openFile(path: string): Promise<OpenFile> {
  let { database, store, identity } = await open(path);
  let lastTurn: Promise<unknown> = Promise.resolve();

  /** Does the work when all work before it has ended. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = lastTurn.then(work, work);
    lastTurn = turn;
    return turn;
  }

  const answer = ([name, ...values]: Call): unknown => Reflect.apply(store[name], store, values);

  async function commit(calls: readonly Call[], until: number): Promise<readonly unknown[]> {
    // The caller has been refused meanwhile: what is done now would be done twice.
    if (sharedNow() > until) throw unavailable(undefined, `${path} was not free in time.`);
    await insist(() => database.exec("BEGIN IMMEDIATE"), until);
    try {
      const answers = calls.map(answer);
      database.exec("COMMIT");
      return answers;
    } catch (cause) {
      rollBack(database);
      throw cause;
    }
  }

  async function lookAfter(now: number): Promise<boolean> {
    try {
      const isRemoved = (await identityOf(path)) !== identity;
      if (isRemoved) await move(now);
      returnSpare();
      return isRemoved;
    } catch (cause) {
      throw unavailable(cause);
    }
  }

  /** Returns to the disk some of what a backlog took. */
  function returnSpare(): void {
    try {
      if (Number(readPragma(database, "freelist_count")) <= MAX_SPARE) return;
      database.exec(`PRAGMA incremental_vacuum(${MAX_RETURNED})`);
    } catch {
      // Another process writes. The next look tries again.
    }
  }

  async function move(now: number): Promise<void> {
    const fresh = await open(path);
    try {
      await copyJobs(database, path, now);
    } catch (cause) {
      fresh.database.close();
      throw cause;
    }
    database.close();
    ({ database, store, identity } = fresh);
  }

  return {
    async sqliteVersion() {
      const { version } = Object(database.prepare("SELECT sqlite_version() AS version").get());
      return String(version);
    },
    // Only a process that mends the file after a crash is in a reader's way.
    read: (call) => insist(() => answer(call)),
    write: (calls, until) => inTurn(() => commit(calls, until)),
    lookAfter: (now) => inTurn(() => lookAfter(now)),
    close: () => inTurn(async () => database.close()),
  };
}

async function open(path: string) {
  const database = await connect(path);
  return { database, store: new SqliteStore(database), identity: await identityOf(path) };
}
