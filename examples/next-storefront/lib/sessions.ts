import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Cart } from "storefront/pricing.ts";

/** What the shop knows of a visitor. */
export interface Session {
  readonly cart?: Cart | undefined;
  /** The order that the thank-you page shows. */
  readonly orderNumber?: string | undefined;
}

/** The visitors' sessions. */
export interface Sessions {
  find(id: string | undefined): Session | undefined;
  /** Keeps a session, and gives the ID under which it is found: a new one where there was none. */
  keep(id: string | undefined, session: Session): string;
}

export const SESSION_DAYS = 30;

export function openSessions(database: DatabaseSync): Sessions {
  database.exec(
    "CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, data TEXT NOT NULL, ends_at INTEGER NOT NULL) STRICT",
  );
  database.prepare("DELETE FROM sessions WHERE ends_at <= ?").run(Date.now());
  const byId = database.prepare("SELECT data FROM sessions WHERE id = ? AND ends_at > ?");
  const save = database.prepare("INSERT OR REPLACE INTO sessions (id, data, ends_at) VALUES (?, ?, ?)");

  function find(id: string | undefined): Session | undefined {
    const row = id === undefined ? undefined : byId.get(id, Date.now());
    return row && JSON.parse(String(row.data));
  }

  return {
    find,
    keep(given, session) {
      // An ID that is not known was not given by this shop.
      const id = given !== undefined && find(given) ? given : randomUUID();
      save.run(id, JSON.stringify(session), Date.now() + SESSION_DAYS * 86_400_000);
      return id;
    },
  };
}
