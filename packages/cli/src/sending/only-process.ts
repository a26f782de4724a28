import { createRequire } from "node:module";
import { CommandError, EXIT } from "../exit.ts";

interface Database {
  exec(sql: string): void;
  close(): void;
}

type DatabaseClass = new (path: string) => Database;

// A database that nothing refers to is closed when memory is tidied up, and its lock is gone.
const held = new Set<Database>();

/**
 * Takes a lock that goes with this process: a write transaction, which the operating system ends when the process
 * dies, however it dies, so that nobody has to judge whether what it left behind still counts. The file stays, empty;
 * deleting it would let a third process lock another one of that name. Returns what lets go of it.
 * @throws CommandError while another process has it
 */
export function onlyProcess(path: string): () => void {
  const database = new (driver())(path);
  try {
    // Without a file beside it, which would be waited for, and mended, by those who come after a crash.
    database.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY");
    // Of several at the same instant one gets it; with EXCLUSIVE they may keep it from each other.
    database.exec("BEGIN IMMEDIATE");
    held.add(database);
    return () => {
      held.delete(database);
      database.close();
    };
  } catch (cause) {
    database.close();
    if (!isBusy(cause)) throw cause;
    throw new CommandError(
      EXIT.usage,
      "Another process is sending this file already.",
      "Wait until it has ended, or end it.",
    );
  }
}

/** The SQLite that the outbox uses, which need not be within this package's own reach. */
function driver(): DatabaseClass {
  const builtIn = process.getBuiltinModule("node:sqlite");
  if (builtIn) return builtIn.DatabaseSync;
  return createRequire(import.meta.resolve("@avantlink-s2s/outbox/sqlite"))("better-sqlite3");
}

/** As node:sqlite tells it, or as better-sqlite3 does. */
function isBusy(cause: unknown): boolean {
  if (typeof cause !== "object" || cause === null) return false;
  if ("errcode" in cause) return (Number(cause.errcode) & 0xff) === 5;
  return "code" in cause && String(cause.code).startsWith("SQLITE_BUSY");
}
