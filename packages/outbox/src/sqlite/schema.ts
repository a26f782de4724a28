import type { Database } from "./driver.ts";
import { unfit } from "./prepare-file.ts";

// "AvLk" in the file's header: whose database it is.
const APPLICATION_ID = 0x41764c6b;

// One entry a version, applied in order; what has been published is never changed.
const VERSIONS: readonly string[] = [
  `
  CREATE TABLE outbox (
    key           ANY NOT NULL UNIQUE,          -- SHA-256 of merchant ID and order number, as bytes
    status        TEXT NOT NULL CHECK (status IN ('pending', 'dead', 'delivered', 'removed')),
    kind          TEXT NOT NULL,                -- order, click or rejected
    order_number  TEXT NOT NULL,                -- empty once settled
    body          TEXT NOT NULL,                -- JSON for AvantLink, byte for byte; empty once settled
    accepted_at   INTEGER NOT NULL,             -- as every time: in milliseconds since 1970, by the shop's clock
    attempts      INTEGER NOT NULL DEFAULT 0,
    last_attempts TEXT NOT NULL DEFAULT '[]',   -- JSON: the last three, with time and answer
    tried         INTEGER NOT NULL DEFAULT 0,   -- fresh orders overtake those that were tried
    due           INTEGER NOT NULL,
    scheduled_at  INTEGER NOT NULL,             -- when due was decided, to see that a clock was set back
    lease         INTEGER NOT NULL DEFAULT 0,   -- the number of the lease
    leased_until  INTEGER NOT NULL DEFAULT 0,   -- in no index, so that a lease moves no index entry
    reason        TEXT,                         -- JSON: why a dead letter was given up
    settled_at    INTEGER,                      -- delivered, removed or given up
    content_hash  TEXT,
    currency      TEXT,
    subtotal      REAL,
    lines         INTEGER
  ) STRICT;
  CREATE INDEX outbox_due ON outbox (tried, due) WHERE status = 'pending';
  CREATE INDEX outbox_waiting ON outbox (accepted_at) WHERE status = 'pending';
  CREATE INDEX outbox_dead ON outbox (settled_at) WHERE status = 'dead';

  -- Counts of what was settled, since its rows go after 400 days.
  CREATE TABLE outbox_count (delivered INTEGER NOT NULL, removed INTEGER NOT NULL) STRICT;
  INSERT INTO outbox_count VALUES (0, 0);
  `,
];

/** Brings a new or an older file up to this version; refuses a file that is not ours. */
export function migrate(database: Database, path: string): void {
  if (versionOf(database, path) === VERSIONS.length) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    // Another process may have done it while this one waited for the lock.
    for (let version = versionOf(database, path); version < VERSIONS.length; version += 1) {
      database.exec(VERSIONS[version] ?? "");
    }
    database.exec(
      `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${VERSIONS.length}; COMMIT`,
    );
  } catch (cause) {
    rollBack(database);
    throw cause;
  }
}

/** Ends a failed transaction, if SQLite has not done so itself. */
export function rollBack(database: Database): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // A full disk has rolled back already.
  }
}

/** The version that a file was written by, 0 for a new one. */
export function versionOf(database: Database, path: string): number {
  const version = Number(readPragma(database, "user_version"));
  const isOurs = readPragma(database, "application_id") === APPLICATION_ID;
  const isNew = version === 0 && database.prepare("SELECT 1 FROM sqlite_schema").get() === undefined;
  if (!isOurs && !isNew) {
    throw unfit(`${path} is another program's database: give the outbox a file of its own.`);
  }
  if (version > VERSIONS.length) {
    throw unfit(`${path} was written by a newer version of @avantlink-s2s/outbox: update this one.`);
  }
  return version;
}

/** The value of a setting of the connection or the file. */
export function readPragma(database: Database, name: string): unknown {
  return Object.values(Object(database.prepare(`PRAGMA ${name}`).get()))[0];
}
