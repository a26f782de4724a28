import { AvantLinkError } from "@avantlink-s2s/core";
import { pause } from "../pause.ts";

// https://www.postgresql.org/docs/current/errcodes-appendix.html: serialization_failure, deadlock_detected.
const ROLLED_BACK = ["40001", "40P01"];
const MAX_TRIES = 10;
// After the first try. After each further one, as much longer.
const MAX_PAUSE_MS = 20;

/** A row of a result. */
export type PostgresRow = Readonly<Record<string, unknown>>;

/** What a client answers: rows, or an object with them. */
export type PostgresResult = readonly PostgresRow[] | { readonly rows: readonly PostgresRow[] };

/** Runs one statement. Every parameter is a string or null. */
export type PostgresQuery = (sql: string, params: (string | null)[]) => PromiseLike<PostgresResult>;

/**
 * A client of PostgreSQL: a function, or an object that has one. `query` is what `pg`'s Pool and Client, PGlite and
 * Neon's client have, `unsafe` what postgres.js has.
 */
export type PostgresClient = PostgresQuery | { query: AnyMethod } | { unsafe: AnyMethod };

type AnyMethod = (...args: never[]) => unknown;

/** Runs one statement on any client. */
export type Run = (sql: string, params?: (string | null)[]) => Promise<readonly PostgresRow[]>;

/** The way to run statements on a client, or nothing where it is none. */
export function runnerOf(client: unknown): Run | undefined {
  // In this order: Neon's client has both, and its `unsafe` runs nothing.
  const method = ["query", "unsafe"].find((name) => typeof Reflect.get(Object(client), name) === "function");
  const call: unknown = method === undefined ? client : Reflect.get(Object(client), method);
  if (typeof call !== "function") return undefined;
  return async (sql, params = []) => {
    const result: unknown = await Reflect.apply(call, client, [sql, params]);
    return rowsOf(result);
  };
}

/** A value of a row that is always a text. It is missing where a client renames columns, or gives no rows. */
export function textIn(row: PostgresRow | undefined, column: string): string {
  const text = row?.[column];
  if (typeof text === "string") return text;
  const detail =
    "The client does not give rows by PostgreSQL's column names. Give a client that renames no columns.";
  throw new AvantLinkError("outbox.unfit", { detail });
}

/**
 * Runs a statement again that PostgreSQL rolled back because of another one, as it does where transactions are
 * serializable by default. For statements that are transactions of their own.
 */
export function insisting(run: Run): Run {
  return async (sql, params) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await run(sql, params);
      } catch (cause) {
        if (tries === MAX_TRIES || !ROLLED_BACK.includes(Reflect.get(Object(cause), "code"))) throw cause;
        await pause(Math.random() * MAX_PAUSE_MS * tries);
      }
    }
  };
}

function rowsOf(result: unknown): readonly PostgresRow[] {
  if (Array.isArray(result)) return result;
  const rows: unknown = Reflect.get(Object(result), "rows");
  return Array.isArray(rows) ? rows : [];
}
