import { pause } from "../pause.ts";
import type { Database } from "./driver.ts";
import { readPragma } from "./schema.ts";
import type { Write } from "./writer.ts";

// Free pages of 4 KB that stay in the file for the next orders.
const MAX_SPARE = 1_024;
// Moving so many pages holds the event loop for about a millisecond.
const MAX_RETURNED = 32;
// How far the file shrinks at a time: some 4 MB.
const STEPS = 32;
const PAUSE_MS = 10;

/** Lets a new file shrink. Comes before everything else; an existing file stays as it is. */
export function letShrink(database: Database): void {
  database.exec("PRAGMA auto_vacuum = INCREMENTAL");
}

/** Returns to the disk some of what a backlog took, little by little, beside other writes. */
export async function returnSpare(database: Database, write: Write): Promise<void> {
  try {
    for (let step = 0; step < STEPS; step += 1) {
      if (Number(readPragma(database, "freelist_count")) <= MAX_SPARE) return;
      if (Number(readPragma(database, "auto_vacuum")) !== 2) return;
      await write(() => database.exec(`PRAGMA incremental_vacuum(${MAX_RETURNED})`));
      await pause(PAUSE_MS);
    }
  } catch {
    // The next look tries again. The file may have been closed meanwhile.
  }
}
