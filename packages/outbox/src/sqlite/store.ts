import {
  type AcceptedRange,
  type CorrectedJob,
  type DeadLetter,
  type DeadReason,
  type ForgetResult,
  type OutboxJob,
  type OutboxRecord,
  type OutboxTotals,
  type PendingRecord,
  type PutResult,
  REMEMBERED_MS,
  type SettledRecord,
  type Verdict,
} from "@avantlink-s2s/core";
import {
  columnsOf,
  duplicateOf,
  leasedOf,
  letterOf,
  notForgotten,
  pendingOf,
  type Row,
  type RowLease,
  recordOf,
  revivedOf,
  settledOf,
  settlement,
  totalsOf,
} from "../job-row.ts";
import type { Leased } from "../lease-worker.ts";
import type { Database, Statement, Value } from "./driver.ts";

// How long a worker that died holds its jobs. A delivery takes at most half of it.
const LEASE_MS = 30_000;
// A step of the clock that is worth a look at every waiting job.
const CLOCK_STEP_MS = 1_000;
// How often old keys are dropped, and how many rows are looked at then: a few milliseconds of the event loop.
const SWEEP_MS = 60_000;
const SWEPT = 500;
// How many waiting jobs a claim looks at after the clock was set back, for the same reason.
const RESCHEDULED = 1_000;
// How many rows are looked at for one part of a list.
const LISTED = 10_000;
const HEX_KEY = /^[0-9a-f]{64}$/;

const JOB = `CASE typeof(key) WHEN 'blob' THEN lower(hex(key)) ELSE key END AS key, status, kind, order_number, body,
  accepted_at, attempts, last_attempts, tried, due, max(due, leased_until) AS due_at, lease, reason, settled_at,
  content_hash, currency, subtotal, lines`;

/**
 * What can be done with the jobs in a database, each within a transaction that the caller holds. Nothing here
 * waits, and nothing here decides: times come from the caller, verdicts from the tracker.
 */
export class SqliteStore {
  readonly #of: (sql: string) => Statement;
  #lastClaimAt = Number.POSITIVE_INFINITY;
  #sweptAt = Number.NEGATIVE_INFINITY;
  #sweptTo = 0;
  #rescheduleAfter: { acceptedAt: number; row: number } | undefined;

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

  #rows(sql: string, ...values: Value[]): Row[] {
    return this.#of(sql).all(...values) as Row[];
  }

  put(job: OutboxJob, now: number, dead?: DeadReason): PutResult {
    const columns = columnsOf({ job, dead });
    // The lease goes on, so that an earlier lease of a letter's job is lost.
    const accepted = this.#change(
      `INSERT INTO outbox (key, status, due, scheduled_at, settled_at, ${Object.keys(columns).join(", ")})
       VALUES (?, ?, ?, ?, ?, ${Object.keys(columns).fill("?").join(", ")})
       ON CONFLICT (key) DO UPDATE SET status = excluded.status, kind = excluded.kind,
         order_number = excluded.order_number, body = excluded.body, accepted_at = excluded.accepted_at, attempts = 0,
         last_attempts = '[]', tried = 0, due = excluded.due, scheduled_at = excluded.scheduled_at,
         lease = lease + 1, leased_until = 0, reason = excluded.reason, settled_at = excluded.settled_at,
         content_hash = excluded.content_hash, currency = excluded.currency, subtotal = excluded.subtotal,
         lines = excluded.lines
       WHERE status = 'dead'`,
      ...[bytesOf(job.key), dead ? "dead" : "pending", Math.min(job.acceptedAt, now), now, dead ? now : null],
      ...Object.values(columns),
    );
    return accepted ? { status: "accepted" } : duplicateOf(this.find(job.key));
  }

  /** Leases what is due: fresh jobs before those that were tried. */
  claim(limit: number, now: number): Leased<RowLease>[] {
    if (now < this.#lastClaimAt - CLOCK_STEP_MS)
      this.#rescheduleAfter = { acceptedAt: Number.NEGATIVE_INFINITY, row: 0 };
    this.#lastClaimAt = now;
    this.#rescheduleSome(now);
    if (Math.abs(now - this.#sweptAt) > SWEEP_MS) this.#sweep(now);
    const lease = (tried: 0 | 1, count: number) =>
      this.#rows(
        `UPDATE outbox SET lease = lease + 1, leased_until = ? WHERE rowid IN (
           SELECT rowid FROM outbox WHERE status = 'pending' AND tried = ? AND due <= ? AND leased_until <= ?
           ORDER BY due LIMIT ?)
         RETURNING ${JOB}`,
        ...[now + LEASE_MS, tried, now, now, count],
      );
    const fresh = lease(0, limit);
    return leasedOf(fresh.length < limit ? [...fresh, ...lease(1, limit - fresh.length)] : fresh);
  }

  /** The clock was set back: each job waits again for its own delay or lease, and no longer. Some jobs at each claim. */
  #rescheduleSome(now: number): void {
    if (!this.#rescheduleAfter) return;
    const { acceptedAt, row } = this.#rescheduleAfter;
    const some = this.#rows(
      `SELECT rowid AS row, accepted_at FROM outbox
       WHERE status = 'pending' AND accepted_at >= ? AND (accepted_at, rowid) > (?, ?)
       ORDER BY accepted_at, rowid LIMIT ${RESCHEDULED}`,
      ...[acceptedAt, acceptedAt, row],
    ) as { row: number; accepted_at: number }[];
    this.#change(
      `UPDATE outbox SET due = min(due, ? + max(0, due - scheduled_at)), scheduled_at = min(scheduled_at, ?),
         leased_until = min(leased_until, ?)
       WHERE rowid IN (SELECT value FROM json_each(?)) AND (scheduled_at > ? OR leased_until > ?)`,
      ...[now, now, now + LEASE_MS, JSON.stringify(some.map(({ row }) => row)), now, now + LEASE_MS],
    );
    const last = some.length === RESCHEDULED ? some.at(-1) : undefined;
    this.#rescheduleAfter = last && { acceptedAt: last.accepted_at, row: last.row };
  }

  /**
   * Settled jobs stand in the order in which they were settled, since each became a row behind all others. A sweep goes
   * on behind the last one: rows that wait, or are dead, may stand before them.
   */
  #sweep(now: number): void {
    this.#sweptAt = now;
    const before = now - REMEMBERED_MS;
    const [rows] = this.#rows(
      `SELECT count(*) AS count, max(row) AS last, total(status IN ('delivered', 'removed') AND settled_at >= ?) AS kept
       FROM (SELECT rowid AS row, status, settled_at FROM outbox WHERE rowid > ? ORDER BY rowid LIMIT ${SWEPT})`,
      ...[before, this.#sweptTo],
    ) as { count: number; last: number | null; kept: number }[];
    const { count = 0, last, kept = 0 } = rows ?? {};
    const swept = this.#change(
      `DELETE FROM outbox WHERE rowid > ? AND rowid <= ? AND status IN ('delivered', 'removed') AND settled_at < ?`,
      ...[this.#sweptTo, last ?? 0, before],
    );
    const isDone = count < SWEPT || (kept > 0 && !swept);
    this.#sweptTo = isDone ? 0 : (last ?? 0);
  }

  /** Applies a verdict if the lease is the job's newest. Returns whether it was. */
  settle(leased: Leased<RowLease>, verdict: Verdict, now: number): boolean {
    const { status, wait, counted, last_attempts, reason } = settlement(leased, verdict, now);
    const held = "key = ? AND lease = ? AND status = 'pending'";
    const of = [bytesOf(leased.job.key), leased.lease.number];
    if (status === "delivered") return this.#erase(status, now, held, ...of);
    return this.#change(
      `UPDATE outbox SET status = ?, last_attempts = ?, attempts = attempts + ?, tried = 1, due = ?, scheduled_at = ?,
         lease = lease + 1, leased_until = 0, reason = ?, settled_at = ?
       WHERE ${held}`,
      ...[status, last_attempts, counted, now + wait, now, reason, status === "dead" ? now : null, ...of],
    );
  }

  /** Makes a job that was not begun due again, if the lease is its newest. It keeps its turn. */
  release({ job, lease }: Leased<RowLease>): void {
    this.#change(
      "UPDATE outbox SET leased_until = 0, lease = lease + 1 WHERE key = ? AND lease = ? AND status = 'pending'",
      ...[bytesOf(job.key), lease.number],
    );
  }

  find(key: string): OutboxRecord | undefined {
    const [row] = this.#rows(`SELECT ${JOB} FROM outbox WHERE key = ?`, bytesOf(key));
    return row && recordOf(row);
  }

  waiting(limit: number, offset: number): PendingRecord[] {
    const rows = this.#rows(
      `SELECT ${JOB} FROM outbox WHERE status = 'pending' ORDER BY outbox.accepted_at, rowid LIMIT ? OFFSET ?`,
      ...[limit, offset],
    );
    return rows.map(pendingOf);
  }

  letters(limit: number, offset: number): DeadLetter[] {
    const rows = this.#rows(
      `SELECT ${JOB} FROM outbox WHERE status = 'dead' ORDER BY outbox.settled_at DESC, rowid DESC LIMIT ? OFFSET ?`,
      ...[limit, offset],
    );
    return rows.map(letterOf);
  }

  /**
   * The settled records among the next rows after a row, and the last of those rows, if there are any. A long list is
   * asked for in parts, so that each takes milliseconds and others write in between. A job that is settled meanwhile
   * becomes a row behind all others.
   */
  settled({ from, until }: AcceptedRange, after: number): { records: SettledRecord[]; last: number | null } {
    const [{ last } = { last: null }] = this.#rows(
      `SELECT max(row) AS last FROM (SELECT rowid AS row FROM outbox WHERE rowid > ? ORDER BY rowid LIMIT ${LISTED})`,
      after,
    ) as { last: number | null }[];
    const rows = this.#rows(
      `SELECT ${JOB} FROM outbox WHERE rowid > ? AND rowid <= ?
         AND status IN ('delivered', 'removed') AND accepted_at >= ? AND accepted_at < ?`,
      ...[after, last, from, until],
    );
    return { records: rows.map(settledOf), last };
  }

  totals(): OutboxTotals {
    const [row] = this.#rows(
      `SELECT delivered, removed,
         (SELECT count(*) FROM outbox WHERE status = 'pending') AS pending,
         (SELECT count(*) FROM outbox WHERE status = 'dead') AS dead,
         (SELECT min(accepted_at) FROM outbox WHERE status = 'pending') AS oldest
       FROM outbox_count`,
    );
    return totalsOf(row);
  }

  /** Returns whether there was such a letter, and a body for it. */
  retry(key: string, now: number, corrected: CorrectedJob | undefined): boolean {
    const job = revivedOf(this.find(key), corrected, now);
    return job !== undefined && this.put(job, now).status === "accepted";
  }

  /** Returns whether there was such a letter. */
  remove(key: string, now: number): boolean {
    return this.#erase("removed", now, "key = ? AND status = 'dead'", bytesOf(key));
  }

  forget(key: string, now: number): ForgetResult {
    const unsent = "key = ? AND (status = 'dead' OR status = 'pending' AND leased_until <= ?)";
    const isErased = this.#erase("removed", now, unsent, bytesOf(key), now);
    return isErased ? { status: "removed" } : notForgotten(this.find(key));
  }

  /**
   * Erases a job and keeps its key taken. Returns whether there was such a job. It becomes a new row behind all others:
   * what stays of orders fills pages of its own, and the pages of their bodies are free again.
   */
  #erase(status: "delivered" | "removed", now: number, where: string, ...values: Value[]): boolean {
    const kept = "kind, accepted_at, attempts, content_hash, currency, subtotal, lines";
    const erased = this.#change(
      `REPLACE INTO outbox (key, status, order_number, body, due, scheduled_at, lease, settled_at, ${kept})
       SELECT key, ?, '', '', 0, 0, lease + 1, ?, ${kept} FROM outbox WHERE ${where}`,
      ...[status, now, ...values],
    );
    if (erased) this.#change(`UPDATE outbox_count SET ${status} = ${status} + 1`);
    return erased;
  }
}

/** A key as it is stored: half the size of its digits, for every order of 400 days. Other keys are their own text. */
function bytesOf(key: string): Value {
  return HEX_KEY.test(key) ? Buffer.from(key, "hex") : key;
}
