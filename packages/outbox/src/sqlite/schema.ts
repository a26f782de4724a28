import type { Database } from "./driver.ts";
import { unfit } from "./file-access.ts";

// "AvLk" in the file's header: whose database it is.
const APPLICATION_ID = 0x41764c6b;

// One entry a version, applied in order; what has been published is never changed.
const VERSIONS: readonly string[] = [
  `
  -- What is pending, and the dead letters.
  CREATE TABLE job (
    key BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    order_number TEXT NOT NULL,
    body TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_attempts TEXT NOT NULL DEFAULT '[]',
    tried INTEGER NOT NULL DEFAULT 0,     -- a verdict asked for another attempt, counted or not
    due INTEGER,                          -- for a leased job when its lease ends; NULL for a dead letter
    scheduled_at INTEGER NOT NULL,        -- when due was decided, to see that a clock was set back
    leased INTEGER NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0,     -- the number of the lease
    reason TEXT,
    died_at INTEGER,
    content_hash TEXT,
    currency TEXT,
    subtotal REAL,
    lines INTEGER
  ) STRICT;
  CREATE INDEX job_due ON job (tried, due) WHERE due IS NOT NULL;
  CREATE INDEX job_waiting ON job (accepted_at) WHERE due IS NOT NULL;
  CREATE INDEX job_dead ON job (died_at) WHERE due IS NULL;

  -- What was delivered or removed, in the order in which that happened. Nothing here identifies a shopper.
  CREATE TABLE settled (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    removed INTEGER NOT NULL,
    settled_at INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    content_hash TEXT,
    currency TEXT,
    subtotal REAL,
    lines INTEGER
  ) STRICT;

  -- Counts of what was settled, since its rows go after 400 days.
  CREATE TABLE tally (delivered INTEGER NOT NULL, removed INTEGER NOT NULL) STRICT;
  INSERT INTO tally VALUES (0, 0);
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
