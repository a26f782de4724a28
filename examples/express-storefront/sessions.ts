import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type SessionData, Store } from "express-session";
import type { Cart } from "storefront/pricing.ts";

declare module "express-session" {
  interface SessionData {
    cart: Cart;
    /** The order that the thank-you page shows. */
    orderNumber: string;
  }
}

const DAY_MS = 86_400_000;

/**
 * Sessions in the shop's database. express-session's own MemoryStore forgets every cart at a restart and never
 * lets go of an old one, and says so in production.
 */
export class SqliteSessions extends Store {
  readonly #find: StatementSync;
  readonly #keep: StatementSync;
  readonly #forget: StatementSync;

  constructor(database: DatabaseSync) {
    super();
    database.exec(
      "CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, data TEXT NOT NULL, ends_at INTEGER NOT NULL) STRICT",
    );
    database.prepare("DELETE FROM sessions WHERE ends_at <= ?").run(Date.now());
    this.#find = database.prepare("SELECT data FROM sessions WHERE id = ? AND ends_at > ?");
    this.#keep = database.prepare("INSERT OR REPLACE INTO sessions (id, data, ends_at) VALUES (?, ?, ?)");
    this.#forget = database.prepare("DELETE FROM sessions WHERE id = ?");
  }

  override get(id: string, callback: (error: unknown, session?: SessionData | null) => void): void {
    answer(callback, () => {
      const row = this.#find.get(id, Date.now());
      return row ? JSON.parse(String(row.data)) : null;
    });
  }

  override set(id: string, session: SessionData, callback?: (error?: unknown) => void): void {
    answer(callback, () => {
      this.#keep.run(id, JSON.stringify(session), Date.now() + (session.cookie.originalMaxAge ?? DAY_MS));
    });
  }

  override destroy(id: string, callback?: (error?: unknown) => void): void {
    answer(callback, () => {
      this.#forget.run(id);
    });
  }
}

function answer<Result>(
  callback: ((error: unknown, result?: Result) => void) | undefined,
  query: () => Result,
): void {
  let result: Result;
  try {
    result = query();
  } catch (error) {
    return void callback?.(error);
  }
  callback?.(null, result);
}
