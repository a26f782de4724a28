import type {
  AcceptedRange,
  AttemptRecord,
  ClaimedJob,
  CorrectedJob,
  DeadLetter,
  DeadReason,
  ForgetResult,
  OutboxJob,
  OutboxRecord,
  OutboxTotals,
  PendingRecord,
  PutResult,
  SettledRecord,
  Verdict,
} from "@avantlink-s2s/core";
import { REMEMBERED_MS, stateOf } from "@avantlink-s2s/core";
import { type AttemptLease, lastAttemptsAfter } from "../attempts.ts";
import { bytesOf, keyOf } from "../key-bytes.ts";
import type { Leased } from "../lease-worker.ts";
import type { Database, Statement, Value } from "./driver.ts";

// How long a worker that died holds its jobs. A delivery takes at most half of it.
const LEASE_MS = 30_000;
// A step of the clock that is worth a look at every waiting job.
const CLOCK_STEP_MS = 1_000;
const ZERO = { delivered: 0, removed: 0 };

interface SummaryColumns {
  readonly content_hash: string | null;
  readonly currency: string | null;
  readonly subtotal: number | null;
  readonly lines: number | null;
}

interface JobRow extends SummaryColumns {
  readonly rowid: number;
  readonly key: Uint8Array;
  readonly kind: OutboxJob["kind"];
  readonly order_number: string;
  readonly body: string;
  readonly accepted_at: number;
  readonly attempts: number;
  readonly last_attempts: string;
  readonly due: number | null;
  readonly leased: number;
  readonly fence: number;
  readonly reason: string | null;
  readonly died_at: number | null;
}

/** A leased job of this store. */
export type SqliteLease = Leased<AttemptLease & { readonly fence: number }>;

interface SettledRow extends SummaryColumns, Pick<JobRow, "key" | "accepted_at" | "attempts"> {
  readonly removed: number;
  readonly settled_at: number;
}

/**
 * What can be done with the jobs in a database, each within a transaction that the caller holds. Nothing here
 * waits, and nothing here decides: times come from the caller, verdicts from the tracker.
 */
export class SqliteStore {
  readonly #of: (sql: string) => Statement;
  /** What this transaction has counted so far. */
  #counted = ZERO;
  #lastClaimAt = Number.POSITIVE_INFINITY;

  constructor(database: Database) {
    const prepared = new Map<string, Statement>();
    this.#of = (sql) => {
      const statement = prepared.get(sql) ?? database.prepare(sql);
      prepared.set(sql, statement);
      return statement;
    };
  }

  #change(sql: string, ...values: Value[]): boolean {
    return Number(this.#of(sql).run(...values).changes) > 0;
  }

  put(job: OutboxJob, now: number, dead?: DeadReason): PutResult {
    const found = this.find(job.key);
    if (found && found.status !== "dead") {
      return { status: "duplicate", state: stateOf(found), contentHash: found.summary?.contentHash };
    }
    const { contentHash = null, currency = null, subtotal = null, lines = null } = job.summary ?? {};
    // The fence goes on, so that an earlier lease of the letter's job is lost.
    this.#of(
      `INSERT INTO job (key, kind, order_number, body, accepted_at, due, scheduled_at, reason, died_at,
         content_hash, currency, subtotal, lines)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, order_number = excluded.order_number,
         body = excluded.body, accepted_at = excluded.accepted_at, attempts = 0, last_attempts = '[]', tried = 0,
         due = excluded.due, scheduled_at = excluded.scheduled_at, leased = 0, fence = fence + 1,
         reason = excluded.reason, died_at = excluded.died_at, content_hash = excluded.content_hash,
         currency = excluded.currency, subtotal = excluded.subtotal, lines = excluded.lines`,
    ).run(
      ...[bytesOf(job.key), job.kind, job.orderNumber, job.body, job.acceptedAt],
      ...(dead ? [null, now, JSON.stringify(dead), now] : [Math.min(job.acceptedAt, now), now, null, null]),
      ...[contentHash, currency, subtotal, lines],
    );
    return { status: "accepted" };
  }

  /** Leases what is due: fresh jobs before those that were tried. */
  claim(limit: number, now: number): SqliteLease[] {
    if (now < this.#lastClaimAt - CLOCK_STEP_MS) this.#rescheduleFrom(now);
    this.#lastClaimAt = now;
    const find = this.#of(
      "SELECT rowid, * FROM job WHERE due IS NOT NULL AND tried = ? AND due <= ? ORDER BY due LIMIT ?",
    );
    const rows = find.all(0, now, limit) as JobRow[];
    if (rows.length < limit) rows.push(...(find.all(1, now, limit - rows.length) as JobRow[]));
    const lease = this.#of(
      "UPDATE job SET due = ?, scheduled_at = ?, leased = 1, fence = fence + 1 WHERE rowid = ?",
    );
    return rows.map((row) => {
      lease.run(now + LEASE_MS, now, row.rowid);
      return {
        job: claimedOf(row),
        lease: { fence: row.fence + 1, lastAttempts: JSON.parse(row.last_attempts) },
      };
    });
  }

  /** The clock was set back: each job waits again for its own delay, and no longer. */
  #rescheduleFrom(now: number): void {
    this.#change(
      `UPDATE job SET due = ? + max(0, due - scheduled_at), scheduled_at = ?
       WHERE due IS NOT NULL AND scheduled_at > ?`,
      ...[now, now, now],
    );
  }

  /** Applies a verdict if the lease is the job's newest. Returns whether it was. */
  settle({ job, lease }: SqliteLease, verdict: Verdict, now: number): boolean {
    const held = "WHERE key = ? AND fence = ? AND due IS NOT NULL";
    const of = [bytesOf(job.key), lease.fence] as const;
    if (verdict.status === "delivered") return this.#end(0, now, held, ...of);
    const lastAttempts = JSON.stringify(lastAttemptsAfter(lease, verdict, now));
    if (verdict.status === "dead") {
      return this.#change(
        `UPDATE job SET due = NULL, leased = 0, reason = ?, died_at = ?, last_attempts = ? ${held}`,
        ...[JSON.stringify(verdict.reason), now, lastAttempts, ...of],
      );
    }
    return this.#change(
      `UPDATE job SET due = ?, scheduled_at = ?, leased = 0, attempts = attempts + ?, tried = 1, fence = fence + 1,
         last_attempts = ? ${held}`,
      ...[Math.max(verdict.at, now), now, verdict.counted ? 1 : 0, lastAttempts, ...of],
    );
  }

  /** Makes a job that was not begun due again, if the lease is its newest. A fresh one keeps its turn. */
  release({ job, lease }: SqliteLease, now: number): void {
    this.#change(
      `UPDATE job SET due = CASE tried WHEN 0 THEN min(accepted_at, ?) ELSE ? END, scheduled_at = ?, leased = 0,
         fence = fence + 1
       WHERE key = ? AND fence = ? AND due IS NOT NULL`,
      ...[now, now, now, bytesOf(job.key), lease.fence],
    );
  }

  find(key: string): OutboxRecord | undefined {
    const job = this.#of("SELECT rowid, * FROM job WHERE key = ?").get(bytesOf(key)) as JobRow | undefined;
    if (job) return job.due === null ? letterOf(job) : pendingOf(job, job.due);
    const row = this.#of("SELECT * FROM settled WHERE key = ?").get(bytesOf(key)) as SettledRow | undefined;
    return row && settledOf(row);
  }

  waiting(limit: number, offset: number): PendingRecord[] {
    const rows = this.#of(
      "SELECT rowid, * FROM job WHERE due IS NOT NULL ORDER BY accepted_at, rowid LIMIT ? OFFSET ?",
    );
    return (rows.all(limit, offset) as JobRow[]).map((row) => pendingOf(row, row.due ?? 0));
  }

  letters(limit: number, offset: number): DeadLetter[] {
    const rows = this.#of(
      "SELECT rowid, * FROM job WHERE due IS NULL ORDER BY died_at DESC, rowid DESC LIMIT ? OFFSET ?",
    );
    return (rows.all(limit, offset) as JobRow[]).map(letterOf);
  }

  settled({ from, until }: AcceptedRange): SettledRecord[] {
    const rows = this.#of("SELECT * FROM settled WHERE accepted_at >= ? AND accepted_at < ?");
    return (rows.all(from, until) as SettledRow[]).map(settledOf);
  }

  totals(): OutboxTotals {
    const row = this.#of(
      `SELECT delivered, removed,
         (SELECT count(*) FROM job WHERE due IS NOT NULL) AS pending,
         (SELECT count(*) FROM job WHERE due IS NULL) AS dead,
         (SELECT min(accepted_at) FROM job WHERE due IS NOT NULL) AS oldest
       FROM tally`,
    ).get() as Omit<OutboxTotals, "accepted" | "oldestPendingAt"> & { oldest: number | null };
    const { delivered, pending, dead, removed, oldest } = row;
    const accepted = delivered + pending + dead + removed;
    return { accepted, delivered, pending, dead, removed, oldestPendingAt: oldest ?? undefined };
  }

  /** Returns whether there was such a letter, and a body for it. */
  retry(key: string, now: number, corrected: CorrectedJob | undefined): boolean {
    const found = this.find(key);
    if (found?.status !== "dead" || (found.kind === "rejected" && !corrected)) return false;
    return this.put({ ...found, ...corrected, kind: "order", acceptedAt: now }, now).status === "accepted";
  }

  /** Returns whether there was such a letter. */
  remove(key: string, now: number): boolean {
    return this.#end(1, now, "WHERE key = ? AND due IS NULL", bytesOf(key));
  }

  forget(key: string, now: number): ForgetResult {
    if (this.#end(1, now, "WHERE key = ? AND NOT (leased AND due > ?)", bytesOf(key), now))
      return { status: "removed" };
    const found = this.find(key);
    if (found?.status === "delivered") return { status: "delivered", settledAt: found.settledAt };
    if (found?.status === "pending") return { status: "sending" };
    return { status: found ? "removed" : "unknown" };
  }

  /** Erases a job and keeps its key taken. Returns whether there was such a job. */
  #end(removed: 0 | 1, now: number, where: string, ...values: Value[]): boolean {
    const copied = this.#change(
      `INSERT INTO settled (key, removed, settled_at, accepted_at, attempts, content_hash, currency, subtotal, lines)
       SELECT key, ?, ?, accepted_at, attempts, content_hash, currency, subtotal, lines FROM job ${where}`,
      ...[removed, now, ...values],
    );
    if (!copied) return false;
    this.#change(`DELETE FROM job ${where}`, ...values);
    const status = removed === 1 ? "removed" : "delivered";
    this.#counted = { ...this.#counted, [status]: this.#counted[status] + 1 };
    return true;
  }

  /**
   * Ends a transaction, before its commit: writes down once what was counted. For each key that was settled two go
   * that are old enough, so no sweep is needed.
   */
  conclude(now: number): void {
    const { delivered, removed } = this.#counted;
    this.#counted = ZERO;
    if (delivered + removed === 0) return;
    this.#change("UPDATE tally SET delivered = delivered + ?, removed = removed + ?", delivered, removed);
    this.#change(
      "DELETE FROM settled WHERE id IN (SELECT id FROM settled ORDER BY id LIMIT ?) AND settled_at < ?",
      ...[2 * (delivered + removed), now - REMEMBERED_MS],
    );
  }

  /** Drops what a transaction counted that was rolled back. */
  abandon(): void {
    this.#counted = ZERO;
  }
}

function summaryOf({ content_hash, currency, subtotal, lines }: SummaryColumns): Pick<OutboxJob, "summary"> {
  if (content_hash === null) return {};
  return {
    summary: {
      contentHash: content_hash,
      currency: currency ?? "",
      subtotal: subtotal ?? 0,
      lines: lines ?? 0,
    },
  };
}

function claimedOf(row: JobRow): ClaimedJob {
  const { kind, body, attempts } = row;
  const orderNumber = row.order_number;
  const acceptedAt = row.accepted_at;
  return { key: keyOf(row.key), kind, orderNumber, body, acceptedAt, attempts, ...summaryOf(row) };
}

function pendingOf(row: JobRow, dueAt: number): PendingRecord {
  const lastAttempts: readonly AttemptRecord[] = JSON.parse(row.last_attempts);
  return { ...claimedOf(row), status: "pending", lastAttempts, dueAt };
}

function letterOf(row: JobRow): DeadLetter {
  const lastAttempts: readonly AttemptRecord[] = JSON.parse(row.last_attempts);
  const reason: DeadReason = JSON.parse(row.reason ?? "");
  return { ...claimedOf(row), status: "dead", lastAttempts, reason, diedAt: row.died_at ?? 0 };
}

function settledOf(row: SettledRow): SettledRecord {
  return {
    status: row.removed === 1 ? "removed" : "delivered",
    key: keyOf(row.key),
    acceptedAt: row.accepted_at,
    settledAt: row.settled_at,
    attempts: row.attempts,
    ...summaryOf(row),
  };
}
