import {
  type AttemptRecord,
  AvantLinkError,
  type ClaimedJob,
  type CorrectedJob,
  type DeadLetter,
  type DeadReason,
  type ForgetResult,
  type OutboxJob,
  type OutboxRecord,
  type OutboxTotals,
  type PendingRecord,
  type PutResult,
  type SettledRecord,
  stateOf,
  type Verdict,
} from "@avantlink-s2s/core";
import type { Leased } from "./lease-worker.ts";

/** A row as the statements of SQLite and PostgreSQL name its columns; some clients give numbers as text. */
export type Row = Readonly<Record<string, unknown>>;

const MAX_ATTEMPT_RECORDS = 3;

/** A job's lease. It knows the attempts before it, so that settling reads nothing. */
export interface RowLease {
  readonly number: number;
  readonly lastAttempts: readonly AttemptRecord[];
}

/** The columns of a job to be put, except its key; `reason` makes a dead letter of it. */
export function columnsOf({
  job,
  dead,
}: {
  readonly job: OutboxJob;
  readonly dead?: DeadReason | undefined;
}) {
  const { contentHash = null, currency = null, subtotal = null, lines = null } = job.summary ?? {};
  return {
    kind: job.kind,
    order_number: job.orderNumber,
    body: job.body,
    accepted_at: job.acceptedAt,
    reason: dead ? JSON.stringify(dead) : null,
    content_hash: contentHash,
    currency,
    subtotal,
    lines,
  };
}

/** The last three attempts, this one included. */
export function lastAttemptsAfter(
  { lastAttempts }: Pick<RowLease, "lastAttempts">,
  verdict: Exclude<Verdict, { status: "delivered" }>,
  now: number,
): readonly AttemptRecord[] {
  const answer = verdict.status === "dead" ? verdict.reason.message : verdict.reason;
  return [...lastAttempts, { at: now, answer }].slice(-MAX_ATTEMPT_RECORDS);
}

/** What a verdict writes. `wait` is the time until the next attempt. */
export function settlement({ lease }: Leased<RowLease>, verdict: Verdict, now: number) {
  if (verdict.status === "delivered") {
    return { status: "delivered", wait: 0, counted: 0, last_attempts: "[]", reason: null };
  }
  const last_attempts = JSON.stringify(lastAttemptsAfter(lease, verdict, now));
  if (verdict.status === "dead") {
    return { status: "dead", wait: 0, counted: 0, last_attempts, reason: JSON.stringify(verdict.reason) };
  }
  const wait = Math.max(0, verdict.at - now);
  return { status: "pending", wait, counted: verdict.counted ? 1 : 0, last_attempts, reason: null };
}

/** The jobs of claimed rows, each with its lease: fresh jobs first, then those that have been due the longest. */
export function leasedOf(rows: readonly Row[]): Leased<RowLease>[] {
  const inTurn = rows.toSorted((a, b) => Number(a.tried) - Number(b.tried) || Number(a.due) - Number(b.due));
  return inTurn.map((row) => ({
    job: claimedOf(row),
    lease: { number: Number(row.lease), lastAttempts: attemptsIn(row) },
  }));
}

export function recordOf(row: Row): OutboxRecord {
  if (row.status === "pending") return pendingOf(row);
  return row.status === "dead" ? letterOf(row) : settledOf(row);
}

export function settledOf(row: Row): SettledRecord {
  const { key, acceptedAt, attempts } = claimedOf(row);
  const status = row.status === "removed" ? "removed" : "delivered";
  return { status, key, acceptedAt, settledAt: timeOf(row.settled_at), attempts, ...summaryIn(row) };
}

export function pendingOf(row: Row): PendingRecord {
  return {
    ...claimedOf(row),
    status: "pending",
    lastAttempts: attemptsIn(row),
    dueAt: timeOf(row.due_at),
  };
}

export function letterOf(row: Row): DeadLetter {
  const reason: DeadReason = JSON.parse(String(row.reason));
  const lastAttempts = attemptsIn(row);
  return { ...claimedOf(row), status: "dead", lastAttempts, reason, diedAt: timeOf(row.settled_at) };
}

export function totalsOf(row: Row | undefined): OutboxTotals {
  const count = (name: string) => Number(row?.[name] ?? 0);
  const [delivered, pending] = [count("delivered"), count("pending")];
  const [dead, removed] = [count("dead"), count("removed")];
  const oldestPendingAt = row?.oldest == null ? undefined : timeOf(row.oldest);
  const accepted = delivered + pending + dead + removed;
  return { accepted, delivered, pending, dead, removed, oldestPendingAt };
}

/** What a put answers whose key is taken. */
export function duplicateOf(record: OutboxRecord | undefined): PutResult {
  if (!record) throw new AvantLinkError("outbox.unavailable", { detail: "Its key has just expired." });
  const contentHash = record.status === "dead" ? undefined : record.summary?.contentHash;
  const known = contentHash === undefined ? {} : { contentHash };
  return { status: "duplicate", state: stateOf(record), ...known };
}

/** The fresh job that a dead letter becomes, or nothing where there is no such letter, or no body for it. */
export function revivedOf(
  record: OutboxRecord | undefined,
  corrected: CorrectedJob | undefined,
  now: number,
): OutboxJob | undefined {
  if (record?.status !== "dead" || (record.kind === "rejected" && !corrected)) return undefined;
  const { key, orderNumber, body, summary } = record;
  return { key, orderNumber, body, summary, ...corrected, kind: "order", acceptedAt: now };
}

/** Why nothing was forgotten. */
export function notForgotten(record: OutboxRecord | undefined): ForgetResult {
  if (record?.status === "delivered") return { status: "delivered", settledAt: record.settledAt };
  if (record?.status === "pending") return { status: "sending" };
  return { status: record ? "removed" : "unknown" };
}

function claimedOf(row: Row): ClaimedJob {
  return {
    key: String(row.key),
    kind: row.kind === "order" || row.kind === "click" ? row.kind : "rejected",
    orderNumber: String(row.order_number),
    body: String(row.body),
    acceptedAt: timeOf(row.accepted_at),
    attempts: Number(row.attempts),
    ...summaryIn(row),
  };
}

function summaryIn(row: Row): Pick<OutboxJob, "summary"> {
  if (row.content_hash === null) return {};
  return {
    summary: {
      contentHash: String(row.content_hash),
      currency: String(row.currency),
      subtotal: Number(row.subtotal),
      lines: Number(row.lines),
    },
  };
}

function attemptsIn({ last_attempts }: Row): readonly AttemptRecord[] {
  return JSON.parse(String(last_attempts));
}

/** A time in milliseconds; PostgreSQL's are finer. */
function timeOf(value: unknown): number {
  return Math.round(Number(value));
}
