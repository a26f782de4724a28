import type { Database } from "./driver.ts";
import { readPragma } from "./schema.ts";

// Free pages of 4 KB that stay in the file for the next orders.
const MAX_SPARE = 1_024;
// Moving so many pages holds the event loop for about a millisecond.
const MAX_RETURNED = 32;

/** Lets a new file shrink. Comes before everything else; an existing file stays as it is. */
export function letShrink(database: Database): void {
  database.exec("PRAGMA auto_vacuum = INCREMENTAL");
}

/** Whether the file has more free pages than the next orders need. */
export function hasSpare(database: Database): boolean {
  return (
    Number(readPragma(database, "freelist_count")) > MAX_SPARE &&
    Number(readPragma(database, "auto_vacuum")) === 2
  );
}

/** Returns some free pages to the disk, within a transaction. */
export function returnPages(database: Database): void {
  database.exec(`PRAGMA incremental_vacuum(${MAX_RETURNED})`);
}
