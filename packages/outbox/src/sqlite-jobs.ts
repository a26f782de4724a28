import type {
  ClaimedJob,
  DeadLetter,
  DeadReason,
  JobState,
  OutboxJob,
  OutboxTotals,
  Verdict,
} from "@avantlink-s2s/core";
import type { Leased } from "./pump.ts";
import type { Database, Statement } from "./sqlite-driver.ts";

// A worker that died holds its jobs so long. A delivery takes at most half of it.
const LEASE_MS = 30_000;
const REMEMBERED_MS = 400 * 86_400_000;

interface JobRow {
  readonly key: Uint8Array;
  readonly kind: OutboxJob["kind"];
  readonly body: string;
  readonly accepted_at: number;
  readonly attempts: number;
  readonly fence: number;
  readonly reason: string;
  readonly died_at: number;
}

/**
 * What can be done with the jobs in a database, each within a transaction that the caller holds. Nothing here
 * waits, and nothing here decides: times come from the caller, verdicts from the tracker.
 */
export class Jobs {
  readonly #of: (sql: string) => Statement;

  constructor(database: Database) {
    const prepared = new Map<string, Statement>();
    this.#of = (sql) => {
      const statement = prepared.get(sql) ?? database.prepare(sql);
      prepared.set(sql, statement);
      return statement;
    };
  }

  /** Nothing when the job was taken; else what its key stands for. */
  put(job: OutboxJob, now: number, reason?: DeadReason): JobState | undefined {
    const key = bytesOf(job.key);
    const state = this.state(job.key);
    const isLetter = state === "dead" && this.#of("SELECT 1 FROM job WHERE key = ?").get(key) !== undefined;
    if (state !== undefined && !isLetter) return state;
    // The fence goes on, so that whoever once had the letter's job on lease has lost it.
    this.#of(
      `INSERT INTO job (key, kind, body, accepted_at, due, reason, died_at) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, body = excluded.body, accepted_at = excluded.accepted_at,
         attempts = 0, tried = 0, fence = fence + 1, due = excluded.due, reason = excluded.reason, died_at = excluded.died_at`,
    ).run(
      key,
      job.kind,
      job.body,
      job.acceptedAt,
      reason ? null : job.acceptedAt,
      reason ? JSON.stringify(reason) : null,
      reason ? now : null,
    );
    if (!isLetter) this.#of("UPDATE tally SET accepted = accepted + 1").run();
    return undefined;
  }

  /** Leases what is due: what is fresh before what was tried. */
  claim(limit: number, now: number): Leased<number>[] {
    const find = this.#of(
      "SELECT * FROM job WHERE due IS NOT NULL AND tried = ? AND due <= ? ORDER BY due LIMIT ?",
    );
    const rows = find.all(0, now, limit) as JobRow[];
    if (rows.length < limit) rows.push(...(find.all(1, now, limit - rows.length) as JobRow[]));
    const lease = this.#of("UPDATE job SET due = ?, fence = fence + 1 WHERE key = ?");
    return rows.map((row) => {
      lease.run(now + LEASE_MS, row.key);
      return { job: claimedOf(row), lease: row.fence + 1 };
    });
  }

  /** Applies a verdict, if the lease is still the one that the job was claimed under. */
  settle({ job, lease }: Leased<number>, verdict: Verdict, now: number): void {
    const key = bytesOf(job.key);
    const leased = "WHERE key = ? AND fence = ? AND due IS NOT NULL";
    if (verdict.verdict === "retry") {
      this.#of(`UPDATE job SET due = ?, attempts = attempts + ?, tried = 1, fence = fence + 1 ${leased}`).run(
        verdict.at,
        verdict.counted ? 1 : 0,
        key,
        lease,
      );
    } else if (verdict.verdict === "dead") {
      this.#of(`UPDATE job SET due = NULL, reason = ?, died_at = ? ${leased}`).run(
        JSON.stringify(verdict.reason),
        now,
        key,
        lease,
      );
    } else if (this.#of(`DELETE FROM job ${leased}`).run(key, lease).changes) {
      this.#of("UPDATE tally SET delivered = delivered + 1").run();
      this.#spend(key, 0, now);
    }
  }

  state(hex: string): JobState | undefined {
    const key = bytesOf(hex);
    const job = this.#of("SELECT due FROM job WHERE key = ?").get(key) as { due: number | null } | undefined;
    if (job) return job.due === null ? "dead" : "pending";
    const spent = this.#of("SELECT removed FROM spent WHERE key = ?").get(key) as
      | { removed: number }
      | undefined;
    return spent && (spent.removed === 1 ? "dead" : "delivered");
  }

  totals(): OutboxTotals {
    const row = this.#of(
      `SELECT accepted, delivered, removed,
         (SELECT count(*) FROM job WHERE due IS NOT NULL) AS pending,
         (SELECT count(*) FROM job WHERE due IS NULL) AS dead,
         (SELECT min(accepted_at) FROM job WHERE due IS NOT NULL) AS oldest
       FROM tally`,
    ).get() as Omit<OutboxTotals, "oldestPendingAt"> & { oldest: number | null };
    const { accepted, delivered, pending, dead, removed, oldest } = row;
    return { accepted, delivered, pending, dead, removed, oldestPendingAt: oldest ?? undefined };
  }

  letters(limit: number, offset: number): DeadLetter[] {
    const rows = this.#of(
      "SELECT * FROM job WHERE due IS NULL ORDER BY died_at DESC, rowid DESC LIMIT ? OFFSET ?",
    );
    return (rows.all(limit, offset) as JobRow[]).map((row) => ({
      ...claimedOf(row),
      reason: JSON.parse(row.reason),
      diedAt: row.died_at,
    }));
  }

  /** Whether there was such a letter, and a body for it. */
  retry(key: string, now: number, body: string | undefined): boolean {
    const { changes } = this.#of(
      `UPDATE job SET kind = 'order', body = coalesce(?, body), accepted_at = ?, due = ?, attempts = 0, tried = 0,
         fence = fence + 1, reason = NULL, died_at = NULL
       WHERE key = ? AND due IS NULL AND (kind = 'order' OR ?)`,
    ).run(body ?? null, now, now, bytesOf(key), body === undefined ? 0 : 1);
    return changes > 0;
  }

  /** Whether there was such a letter. */
  remove(hex: string, now: number): boolean {
    const key = bytesOf(hex);
    if (!this.#of("DELETE FROM job WHERE key = ? AND due IS NULL").run(key).changes) return false;
    this.#of("UPDATE tally SET removed = removed + 1").run();
    this.#spend(key, 1, now);
    return true;
  }

  /** Keeps a key taken. For each one that comes, two that are old enough go: no sweep is needed. */
  #spend(key: Uint8Array, removed: 0 | 1, now: number): void {
    this.#of("INSERT INTO spent (key, removed, at) VALUES (?, ?, ?)").run(key, removed, now);
    this.#of("DELETE FROM spent WHERE id IN (SELECT id FROM spent ORDER BY id LIMIT 2) AND at < ?").run(
      now - REMEMBERED_MS,
    );
  }
}

function claimedOf({ key, kind, body, accepted_at, attempts }: JobRow): ClaimedJob {
  return { key: Buffer.from(key).toString("hex"), kind, body, acceptedAt: accepted_at, attempts };
}

// Half the size of its digits, for every order of 400 days. What are no digits is nobody's key.
function bytesOf(key: string): Uint8Array {
  return /^[0-9a-f]{64}$/.test(key) ? Buffer.from(key, "hex") : Buffer.from(key);
}
