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
const NOTHING = { accepted: 0, delivered: 0, removed: 0 };

interface JobRow {
  readonly rowid: number;
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
  /** What this transaction has counted so far. */
  #counted = NOTHING;

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
    // Nearly every job is a new one, and then this is all.
    if (!reason && this.#putNew(key, job)) return undefined;
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
    if (!isLetter) this.#count("accepted");
    return undefined;
  }

  #putNew(key: Uint8Array, { kind, body, acceptedAt }: OutboxJob): boolean {
    const { changes } = this.#of(
      `INSERT INTO job (key, kind, body, accepted_at, due) SELECT ?, ?, ?, ?, ?
       WHERE NOT EXISTS (SELECT 1 FROM spent WHERE key = ?) ON CONFLICT (key) DO NOTHING`,
    ).run(key, kind, body, acceptedAt, acceptedAt, key);
    if (Number(changes) === 0) return false;
    this.#count("accepted");
    return true;
  }

  /** Leases what is due: what is fresh before what was tried. */
  claim(limit: number, now: number): Leased<number>[] {
    const find = this.#of(
      "SELECT rowid, * FROM job WHERE due IS NOT NULL AND tried = ? AND due <= ? ORDER BY due LIMIT ?",
    );
    const rows = find.all(0, now, limit) as JobRow[];
    if (rows.length < limit) rows.push(...(find.all(1, now, limit - rows.length) as JobRow[]));
    const lease = this.#of("UPDATE job SET due = ?, fence = fence + 1 WHERE rowid = ?");
    return rows.map((row) => {
      lease.run(now + LEASE_MS, row.rowid);
      return { job: claimedOf(row), lease: row.fence + 1 };
    });
  }

  /** Applies a verdict, if the lease is still the one that the job was claimed under; whether it was. */
  settle({ job, lease }: Leased<number>, verdict: Verdict, now: number): boolean {
    const key = bytesOf(job.key);
    const leased = "WHERE key = ? AND fence = ? AND due IS NOT NULL";
    if (verdict.status === "retry") {
      const retried = this.#of(
        `UPDATE job SET due = ?, attempts = attempts + ?, tried = 1, fence = fence + 1 ${leased}`,
      ).run(verdict.at, verdict.counted ? 1 : 0, key, lease);
      return Number(retried.changes) > 0;
    }
    if (verdict.status === "dead") {
      const died = this.#of(`UPDATE job SET due = NULL, reason = ?, died_at = ? ${leased}`).run(
        JSON.stringify(verdict.reason),
        now,
        key,
        lease,
      );
      return Number(died.changes) > 0;
    }
    if (Number(this.#of(`DELETE FROM job ${leased}`).run(key, lease).changes) === 0) return false;
    this.#count("delivered");
    this.#spend(key, 0, now);
    return true;
  }

  /** Makes a job due again that was not begun, if the lease is still its own. A fresh one keeps its turn. */
  release({ job, lease }: Leased<number>, now: number): void {
    this.#of(
      `UPDATE job SET due = CASE tried WHEN 0 THEN accepted_at ELSE ? END, fence = fence + 1
       WHERE key = ? AND fence = ? AND due IS NOT NULL`,
    ).run(now, bytesOf(job.key), lease);
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
      status: "dead",
      lastAttempts: [],
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
    this.#count("removed");
    this.#spend(key, 1, now);
    return true;
  }

  /** Keeps a key taken. */
  #spend(key: Uint8Array, removed: 0 | 1, now: number): void {
    this.#of("INSERT INTO spent (key, removed, at) VALUES (?, ?, ?)").run(key, removed, now);
  }

  #count(what: keyof typeof NOTHING): void {
    this.#counted = { ...this.#counted, [what]: this.#counted[what] + 1 };
  }

  /**
   * Ends a transaction, before its commit: writes down once what was counted. For each key that was spent two go
   * that are old enough, so no sweep is needed.
   */
  conclude(now: number): void {
    const { accepted, delivered, removed } = this.#counted;
    this.#counted = NOTHING;
    if (accepted + delivered + removed === 0) return;
    this.#of(
      "UPDATE tally SET accepted = accepted + ?, delivered = delivered + ?, removed = removed + ?",
    ).run(accepted, delivered, removed);
    if (delivered + removed === 0) return;
    this.#of("DELETE FROM spent WHERE id IN (SELECT id FROM spent ORDER BY id LIMIT ?) AND at < ?").run(
      2 * (delivered + removed),
      now - REMEMBERED_MS,
    );
  }

  /** Forgets what a transaction counted that was rolled back. */
  abandon(): void {
    this.#counted = NOTHING;
  }
}

function claimedOf({ key, kind, body, accepted_at, attempts }: JobRow): ClaimedJob {
  return {
    key: Buffer.from(key).toString("hex"),
    kind,
    orderNumber: "",
    body,
    acceptedAt: accepted_at,
    attempts,
  };
}

// Half the size of its digits, for every order of 400 days. What are no digits is nobody's key.
function bytesOf(key: string): Uint8Array {
  return /^[0-9a-f]{64}$/.test(key) ? Buffer.from(key, "hex") : Buffer.from(key);
}
