/// <reference path="./better-sqlite3.d.ts" />
import { AvantLinkError } from "@avantlink-s2s/core";
import { pause } from "../pause.ts";
import { MAX_ANSWER_MS } from "../store-timeout.ts";

const MAX_LOCK_PAUSE_MS = 10;

/** What may be stored in a column. */
export type Value = string | number | Uint8Array | null;

/** The part of SQLite that `node:sqlite` and better-sqlite3 have in common. */
export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

/** One prepared statement. */
export interface Statement {
  run(...values: Value[]): { readonly changes: number | bigint };
  get(...values: Value[]): unknown;
  all(...values: Value[]): unknown[];
}

/** Opens a database file, which is made when it is missing. */
export type Driver = (path: string) => Database;

/**
 * Node's own SQLite, or better-sqlite3 where Node has none yet. The package's name stands in the import itself, so
 * that bundlers and Next.js's standalone output carry the package; the `try` lets the package be missing.
 * @throws AvantLinkError `outbox.no-driver`
 */
export async function loadDriver(): Promise<Driver> {
  const builtIn = process.getBuiltinModule("node:sqlite");
  if (builtIn) return (path) => new builtIn.DatabaseSync(path);
  try {
    const { default: BetterSqlite3 } = await import("better-sqlite3");
    return (path) => new BetterSqlite3(path);
  } catch (cause) {
    const detail = `Node.js ${process.versions.node} has no SQLite of its own. Install better-sqlite3 (version 12 on Node.js 20), or run Node.js 22.13 or newer.`;
    throw new AvantLinkError("outbox.no-driver", { detail, cause });
  }
}

// https://www.sqlite.org/rescode.html: the low byte of the code that node:sqlite gives.
const CODES: Readonly<Record<number, string>> = {
  5: "BUSY",
  6: "LOCKED",
  8: "READONLY",
  10: "IOERR",
  11: "CORRUPT",
  13: "FULL",
  14: "CANTOPEN",
  15: "PROTOCOL",
  26: "NOTADB",
};

/** SQLite's own name of a failure, such as `BUSY`, whichever driver threw it. */
export function sqliteCode(cause: unknown): string {
  if (typeof cause !== "object" || cause === null) return "";
  if ("errcode" in cause && typeof cause.errcode === "number") return CODES[cause.errcode & 0xff] ?? "";
  const code = "code" in cause ? String(cause.code) : "";
  return /^SQLITE_([A-Z]+)/.exec(code)?.[1] ?? "";
}

/** Whether another process was in the way, so that the same may succeed in a moment. */
export function isBusy(cause: unknown): boolean {
  return ["BUSY", "LOCKED", "PROTOCOL"].includes(sqliteCode(cause));
}

// Taken when the module loads: a shop's test suite may put its own clock in its place.
const { hrtime } = process;

/** A clock in milliseconds that all threads of a process share, as `performance.now()` is not. */
export function sharedNow(): number {
  return Number(hrtime.bigint()) / 1e6;
}

/** Does the work again and again while another process is in the way. Other work of this process goes on meanwhile. */
export async function insist<T>(work: () => T, until = sharedNow() + MAX_ANSWER_MS): Promise<T> {
  for (;;) {
    try {
      return work();
    } catch (cause) {
      if (!isBusy(cause) || sharedNow() > until) throw cause;
    }
    await pause(1 + Math.random() * MAX_LOCK_PAUSE_MS);
  }
}
