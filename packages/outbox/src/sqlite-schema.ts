import type { Database } from "./sqlite-driver.ts";
import { unfit } from "./sqlite-place.ts";

// "AvLk" in the file's header: whose database it is.
const APPLICATION_ID = 0x41764c6b;

// One entry a version, applied in order; what has been published is never changed.
const VERSIONS: readonly string[] = [
  `
  -- What is pending, and the dead letters. A lease is a due time in the future, with a fence that tells it from others.
  CREATE TABLE job (
    key BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    tried INTEGER NOT NULL DEFAULT 0,     -- was told to be tried again, counted or not
    fence INTEGER NOT NULL DEFAULT 0,
    due INTEGER,                          -- NULL for a dead letter
    reason TEXT,
    died_at INTEGER
  ) STRICT;
  CREATE INDEX job_due ON job (tried, due) WHERE due IS NOT NULL;
  CREATE INDEX job_waiting ON job (accepted_at) WHERE due IS NOT NULL;
  CREATE INDEX job_dead ON job (died_at) WHERE due IS NULL;

  -- The keys of what was delivered or removed, in the order in which that happened.
  CREATE TABLE spent (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    removed INTEGER NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;

  -- Counted as things happen, since rows go.
  CREATE TABLE tally (accepted INTEGER NOT NULL, delivered INTEGER NOT NULL, removed INTEGER NOT NULL) STRICT;
  INSERT INTO tally VALUES (0, 0, 0);
  `,
];

/** Brings a new or an older file up to this version; refuses one that is not ours. */
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

/** What a setting of the connection or the file is. */
export function readPragma(database: Database, name: string): unknown {
  return Object.values(Object(database.prepare(`PRAGMA ${name}`).get()))[0];
}
