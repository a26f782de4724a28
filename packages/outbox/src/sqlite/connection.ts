import { AvantLinkError } from "@avantlink-s2s/core";
import { unavailable } from "../failure.ts";
import { inTime } from "../store-timeout.ts";
import { type Database, type Driver, insist, isBusy, loadDriver, sqliteCode } from "./driver.ts";
import { prepareFile, unfit } from "./prepare-file.ts";
import { migrate, readPragma, versionOf } from "./schema.ts";

// Read back after setting: a build of SQLite, or a file system, may refuse them without an error.
const SETTINGS: readonly (readonly [name: string, value: string, means: unknown])[] = [
  ["journal_mode", "WAL", "wal"],
  // Less would lose commits when the power fails.
  ["synchronous", "FULL", 2],
  // What is deleted is overwritten with zeros.
  ["secure_delete", "ON", 1],
  // In pages of 4 KB. Keys are as good as random, so with many pending each order writes pages of its own; the longer
  // they gather, the fewer are written twice, and the longer it takes to write them.
  ["wal_autocheckpoint", "4000", 4_000],
];

/** Opens the file, set for orders. */
export async function connect(path: string): Promise<Database> {
  await inTime(prepareFile(path), path);
  const driver = await loadDriver();
  try {
    return await insist(() => openOnce(driver, path));
  } catch (cause) {
    if (cause instanceof AvantLinkError) throw cause;
    if (isBusy(cause) || ["FULL", "IOERR"].includes(sqliteCode(cause))) throw unavailable(cause);
    throw unfit(`${path}: ${wordsFor(cause)}.`, cause);
  }
}

function openOnce(driver: Driver, path: string): Database {
  const database = driver(path);
  try {
    // Waiting within SQLite would hold up what else this thread does.
    database.exec("PRAGMA busy_timeout = 0");
    versionOf(database, path);
    // Lets a new file shrink. Comes before all that writes; an existing file stays as it is.
    database.exec("PRAGMA auto_vacuum = INCREMENTAL");
    for (const [name, value, means] of SETTINGS) {
      database.exec(`PRAGMA ${name} = ${value}`);
      const is = readPragma(database, name);
      if (is !== means) throw unfit(`${path} cannot be set to ${name} = ${value}; it is ${String(is)}.`);
    }
    migrate(database, path);
    // Only a commit shows whether the file may be written and has space.
    database.exec("UPDATE outbox_count SET delivered = delivered");
    return database;
  } catch (cause) {
    database.close();
    throw cause;
  }
}

function wordsFor(cause: unknown): string {
  const words: Readonly<Record<string, string>> = {
    CANTOPEN: "it cannot be opened; give the outbox a file that it may write",
    READONLY: "it is read-only; give the outbox a file that it may write",
    NOTADB: "it is not a SQLite database; give the outbox a file of its own",
    CORRUPT: "the database is damaged; put it aside, or restore it from a backup",
  };
  return words[sqliteCode(cause)] ?? String(cause);
}

/**
 * Whether this SQLite has the fault by which processes that write and checkpoint in the same instant can damage
 * the file: https://www.sqlite.org/wal.html#walresetbug.
 */
export function hasWalResetFault(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  const mendedAt: Readonly<Record<number, number>> = { 44: 6, 50: 7, 51: 3 };
  return major === 3 && minor < 52 && patch < (mendedAt[minor] ?? Number.POSITIVE_INFINITY);
}
