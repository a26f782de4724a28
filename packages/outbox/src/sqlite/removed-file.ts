import { setImmediate } from "node:timers/promises";
import { type Database, insist } from "./driver.ts";

// Rows a transaction, so that others read and other processes write in between.
const CHUNK = 2_000;
// Another process with the removed file open sees that within a second, and copies what it changed there.
const OTHERS_MS = 3_000;

/**
 * Copies every job from a file that was removed into the file that has taken its place. Other processes with the
 * same file open do so too: what was settled in either file is settled, and of a job the newest lease counts.
 */
export async function copyJobs(from: Database, path: string, now: number): Promise<void> {
  from.prepare("ATTACH ? AS fresh").run(path);
  try {
    const names = from.prepare("SELECT name FROM pragma_table_info('outbox')").all() as { name: string }[];
    const columns = names.map(({ name }) => name);
    const copy = from.prepare(
      `INSERT INTO fresh.outbox (${columns.join(", ")})
       SELECT ${columns.join(", ").replace("leased_until", "max(leased_until, ?)")} FROM main.outbox
       WHERE rowid > ? AND rowid <= ?
       ON CONFLICT (key) DO UPDATE SET ${columns.map((name) => `${name} = excluded.${name}`).join(", ")}
       WHERE status IN ('pending', 'dead')
         AND (excluded.status IN ('delivered', 'removed') OR excluded.lease > lease)`,
    );
    const last = from.prepare(
      `SELECT max(rowid) AS last FROM (SELECT rowid FROM main.outbox WHERE rowid > ? ORDER BY rowid LIMIT ${CHUNK})`,
    );
    for (let done = 0; ; ) {
      const { last: end } = last.get(done) as { last: number | null };
      if (end === null) break;
      await insist(() => copy.run(now + OTHERS_MS, done, end));
      done = end;
      await setImmediate();
    }
    const count = (status: string) => `(SELECT count(*) FROM fresh.outbox WHERE status = '${status}')`;
    await insist(() =>
      from.exec(
        `UPDATE fresh.outbox_count SET delivered = ${count("delivered")}, removed = ${count("removed")}`,
      ),
    );
  } finally {
    from.exec("DETACH fresh");
  }
}
