import { setImmediate } from "node:timers/promises";
import { AvantLinkError } from "@avantlink-s2s/core";
import { inBatches } from "../batches.ts";
import { inTime, MAX_ANSWER_MS } from "../store-timeout.ts";
import { sharedNow } from "./driver.ts";
import { type Call, type OpenFile, openFile } from "./open-file.ts";
import { openInThread } from "./open-in-thread.ts";
import type { SqliteStore } from "./store.ts";

// Upper bound of calls a transaction: some 50 ms, for which other processes wait.
const MAX_CALLS = 500;

/** Calls a method of the store, wherever the store is. */
export type Ask = <Name extends keyof SqliteStore>(
  name: Name,
  ...values: Parameters<SqliteStore[Name]>
) => Promise<ReturnType<SqliteStore[Name]>>;

/** The database, wherever it is. */
export interface Database extends Pick<OpenFile, "sqliteVersion" | "lookAfter"> {
  readonly read: Ask;
  readonly write: Ask;
  close(): Promise<void>;
}

/**
 * The file in a thread of its own, so that no page waits for the disk. It is opened by the first call, and again by the
 * next call after its thread has ended.
 */
export function databaseAt(path: string, report: (error: AvantLinkError) => void): Database {
  let file: Promise<OpenFile> | undefined;
  let isClosed = false;

  function open(): Promise<OpenFile> {
    if (isClosed) throw new AvantLinkError("outbox.unavailable", { detail: "It is not open." });
    file ??= openAnywhere().catch((cause: unknown) => {
      file = undefined;
      throw cause;
    });
    return file;
  }

  async function openAnywhere(): Promise<OpenFile> {
    try {
      return await openInThread(path, () => {
        file = undefined;
      });
    } catch (cause) {
      // Out of a shop's bundle a thread may not find the driver that the bundle finds.
      const mayBeHere = !(cause instanceof AvantLinkError) || cause.code === "outbox.no-driver";
      if (!mayBeHere) throw cause;
      const openedHere = await openFile(path);
      report(new AvantLinkError("outbox.no-thread", { cause }));
      return openedHere;
    }
  }

  async function writeTogether(calls: readonly Call[]): Promise<readonly unknown[]> {
    const until = sharedNow() + MAX_ANSWER_MS;
    return (await open()).write(calls, until);
  }

  const write = inBatches(writeTogether, {
    size: MAX_CALLS,
    // While one commits, the next is with the thread already.
    underWay: 2,
    // What is asked for in one turn of the event loop shares a commit.
    ready: () => setImmediate(),
  });

  return {
    sqliteVersion: async () => (await open()).sqliteVersion(),
    read: (async (...call: Call) => inTime((await open()).read(call), path)) as Ask,
    write: ((...call: Call) => write(call)) as Ask,
    async lookAfter(now) {
      const opened = await file?.catch(() => undefined);
      return opened ? opened.lookAfter(now) : false;
    },
    async close() {
      // What was asked for before is written first.
      await write(["totals"]).catch(() => {});
      isClosed = true;
      await (await file)?.close();
    },
  };
}
