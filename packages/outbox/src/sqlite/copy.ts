import type { Database, Value } from "./driver.ts";
import type { Writer } from "./writer.ts";

// Rows a transaction, so that the event loop goes on in between.
const CHUNK = 500;
// Another process with the removed file open sees that within a second, and copies what it changed there.
const OTHERS_MS = 3_000;

/**
 * Copies everything from a file that was removed into the file that has taken its place. Other processes with the
 * same file open do so too: what was settled in either file is settled, and of a job the newest lease counts.
 */
export async function copyAll(from: Database, to: Database, writer: Writer, now: number): Promise<void> {
  const settle = `INSERT INTO settled (COLUMNS) VALUES (MARKS) ON CONFLICT (key) DO NOTHING`;
  const erase = "DELETE FROM job WHERE key = ?";
  const count = "UPDATE tally SET delivered = delivered + (1 - ?), removed = removed + ?";
  const add = `INSERT INTO job (COLUMNS) SELECT MARKS WHERE NOT EXISTS (SELECT 1 FROM settled WHERE key = ?)
    ON CONFLICT (key) DO UPDATE SET due = excluded.due, scheduled_at = excluded.scheduled_at, leased = excluded.leased,
      fence = excluded.fence, tried = excluded.tried, attempts = excluded.attempts, reason = excluded.reason,
      last_attempts = excluded.last_attempts, died_at = excluded.died_at
    WHERE excluded.fence > fence`;
  // Settled keys first, since they decide which jobs are done with.
  await copyTable(from, writer, "settled", (row, columns) => {
    const insert = to.prepare(fill(settle, columns));
    if (Number(insert.run(...valuesOf(row, columns)).changes) === 0) return;
    to.prepare(erase).run(row.key ?? null);
    to.prepare(count).run(row.removed ?? 0, row.removed ?? 0);
  });
  await copyTable(from, writer, "job", (row, columns) => {
    const due = typeof row.due === "number" ? Math.max(row.due, now + OTHERS_MS) : null;
    to.prepare(fill(add, columns)).run(...valuesOf({ ...row, due }, columns), row.key ?? null);
  });
}

type Row = Readonly<Record<string, Value>>;

async function copyTable(
  from: Database,
  writer: Writer,
  table: "settled" | "job",
  copy: (row: Row, columns: readonly string[]) => void,
): Promise<void> {
  const next = from.prepare(
    `SELECT rowid AS place, * FROM ${table} WHERE rowid > ? ORDER BY rowid LIMIT ${CHUNK}`,
  );
  let rows = next.all(0) as Row[];
  while (rows.length > 0) {
    const columns = Object.keys(rows[0] ?? {}).filter((name) => name !== "place" && name !== "id");
    await writer.write(() => {
      for (const row of rows) copy(row, columns);
    });
    rows = next.all(rows.at(-1)?.place ?? 0) as Row[];
  }
}

function fill(sql: string, columns: readonly string[]): string {
  return sql.replace("COLUMNS", columns.join(", ")).replace("MARKS", columns.map(() => "?").join(", "));
}

function valuesOf(row: Row, columns: readonly string[]): Value[] {
  return columns.map((name) => row[name] ?? null);
}
