import {
  type AcceptedRange,
  type CorrectedJob,
  type DeadLetter,
  type DeadReason,
  type ForgetResult,
  type OutboxJob,
  type OutboxRecord,
  type OutboxTotals,
  type Page,
  type PendingRecord,
  type PutResult,
  REMEMBERED_MS,
  type Runtime,
  type SettledRecord,
  stateOf,
  type Verdict,
} from "@avantlink-s2s/core";
import { lastAttemptsAfter } from "../attempts.ts";
import type { ScriptedRedis } from "./scripts.ts";

/** In braces, so that all keys stand in one slot of a Redis cluster. */
export const PREFIX = "{avantlink}";
/** For how long a worker has an order. A delivery takes 15 seconds at most. */
export const LEASE_MS = 30_000;

// How far the clocks of machines may be apart.
const MAX_CLOCK_GAP_MS = 30_000;

// Keys that one call looks at; each takes Redis well under a millisecond.
const SCAN_COUNT = 1_000;

/** An order that waits, is being sent or is dead. */
export interface OpenOrder {
  readonly record: PendingRecord | DeadLetter;
  /** Changes with the record. */
  readonly version: string;
  /** Whether a worker has the order now. */
  readonly isSending: boolean;
  /** Whether its time is further away than it ever was: the clock was set back. */
  readonly isLate: boolean;
}

/**
 * The orders of one outbox, on Redis keys of its own: a hash for each order that waits or is dead, a short text for
 * each settled one for 400 days, two indexes and two counters. Each change replaces an order's record if it is still of
 * the version that was read. Whatever becomes of an order's ticket in BullMQ, an order is sent only by the worker that
 * this book leases it to.
 *
 * A settled order takes some 420 bytes, 330 without a summary. With BullMQ's own means a key stays taken for 470 (a
 * deduplication key and a record) or 1,320 bytes (the job itself, its body overwritten), and what becomes of an order
 * takes several steps.
 */
export class OrderBook {
  readonly #redis: ScriptedRedis;
  readonly #prefix: string;
  readonly #runtime: Runtime;

  constructor(redis: ScriptedRedis, queue: string, runtime: Runtime) {
    this.#redis = redis;
    this.#prefix = `${PREFIX}.${queue}:`;
    this.#runtime = runtime;
  }

  /** Rejects where Redis does not accept writes. */
  async checkWritable(): Promise<void> {
    await this.#redis.hsetnx(`${this.#prefix}counts`, "version", "1");
  }

  /** Accepts an order once. A dead letter gives way to it. */
  async put(job: OutboxJob, reason?: DeadReason): Promise<PutResult> {
    const fresh = { ...job, attempts: 0, lastAttempts: [] };
    const record: OutboxRecord = reason
      ? { ...fresh, status: "dead", reason, diedAt: this.#runtime.now() }
      : { ...fresh, status: "pending", dueAt: job.acceptedAt };
    for (let version = ""; ; ) {
      if (await this.#replace(record, version)) return { status: "accepted" };
      const { open, settled } = await this.#read(job.key);
      const found = settled ?? open?.record;
      if (found && found.status !== "dead")
        return { status: "duplicate", state: stateOf(found), contentHash: found.summary?.contentHash };
      version = open?.version ?? "";
    }
  }

  /** Leases an order; answers with when it is due if that is yet to come, and with nothing if it is not to be sent. */
  async claim(key: string, version: string): Promise<PendingRecord | { readonly dueAt: number } | undefined> {
    const values = [key, version, this.#runtime.now(), LEASE_MS];
    const [due, order] = await this.#redis.claimOrder(...this.#keys(key), ...values);
    if (due === undefined) return undefined;
    return { ...(order && (JSON.parse(order) as PendingRecord)), dueAt: Number(due) };
  }

  /** Returns whether the lease was still this worker's. */
  async settle(leased: PendingRecord, version: string, verdict: Verdict): Promise<boolean> {
    return this.#replace(recordAfter(leased, verdict, this.#runtime.now()), version);
  }

  /** Makes an order due again that was not begun. */
  async release(leased: PendingRecord, version: string): Promise<void> {
    await this.#replace({ ...leased, dueAt: this.#runtime.now() }, version);
  }

  /** Makes a dead letter a fresh order. Returns false where there is no such letter. */
  async revive(key: string, corrected?: CorrectedJob): Promise<boolean> {
    const { record, version } = (await this.#open(key)) ?? {};
    if (record?.status !== "dead" || (record.kind === "rejected" && !corrected)) return false;
    const { reason: _, diedAt: __, ...job } = record;
    const now = this.#runtime.now();
    const fresh = { kind: "order", acceptedAt: now, attempts: 0, lastAttempts: [], dueAt: now } as const;
    return this.#replace({ ...job, ...corrected, ...fresh, status: "pending" }, version);
  }

  /** Erases a dead letter. Returns false where there is no such letter. */
  async remove(key: string): Promise<boolean> {
    const { record, version } = (await this.#open(key)) ?? {};
    if (record?.status !== "dead") return false;
    return this.#replace(settledAs("removed", record, this.#runtime.now()), version);
  }

  /** Erases an order that nobody is sending. */
  async forget(key: string): Promise<ForgetResult> {
    const { open, settled } = await this.#read(key);
    if (settled?.status === "delivered") return { status: "delivered", settledAt: settled.settledAt };
    if (settled) return { status: "removed" };
    if (!open) return { status: "unknown" };
    if (open.isSending) return { status: "sending" };
    const removed = settledAs("removed", open.record, this.#runtime.now());
    return (await this.#replace(removed, open.version)) ? { status: "removed" } : this.forget(key);
  }

  async find(key: string): Promise<OutboxRecord | undefined> {
    const { open, settled } = await this.#read(key);
    return settled ?? open?.record;
  }

  /** The orders that wait or are being sent, oldest first, or the dead letters, newest first. */
  async list(which: "waiting" | "dead", { limit = 100, offset = 0 }: Page = {}): Promise<OpenOrder[]> {
    const [index, last] = [this.#prefix + which, offset + limit - 1];
    const keys =
      which === "dead"
        ? await this.#redis.zrevrange(index, offset, last)
        : await this.#redis.zrange(index, offset, `${last}`);
    const found = await Promise.all(keys.map((key) => this.#open(key)));
    return found.flatMap((open) => open ?? []);
  }

  /** Walks over all keys of the database, since an index of settled orders would cost memory for 400 days. */
  async settled({ from, until }: AcceptedRange): Promise<SettledRecord[]> {
    const start = `${this.#prefix}settled:`;
    const found = new Map<string, SettledRecord>();
    let cursor = "0";
    do {
      const [next, names] = await this.#redis.scan(cursor, "MATCH", `${start}*`, "COUNT", SCAN_COUNT);
      const texts = names.length > 0 ? await this.#redis.mget(names) : [];
      for (const [index, name] of names.entries()) {
        const text = texts[index];
        const record = text ? unpack(name.slice(start.length), text) : undefined;
        if (record && record.acceptedAt >= from && record.acceptedAt < until) found.set(record.key, record);
      }
      cursor = next;
    } while (cursor !== "0");
    return [...found.values()];
  }

  async totals(): Promise<OutboxTotals> {
    const answer = await this.#redis.countOrders(...this.#keys(""), "");
    const [pending = 0, dead = 0, delivered = 0, removed = 0, oldest = 0] = answer.map(Number);
    const accepted = delivered + pending + dead + removed;
    const oldestPendingAt = pending > 0 ? oldest : undefined;
    return { accepted, delivered, pending, dead, removed, oldestPendingAt };
  }

  async #replace(record: OutboxRecord, version = ""): Promise<boolean> {
    const { key, status } = record;
    const values =
      status === "pending"
        ? [
            record.acceptedAt,
            JSON.stringify(record),
            record.dueAt,
            Math.max(0, record.dueAt - this.#runtime.now()),
          ]
        : status === "dead"
          ? [record.diedAt, JSON.stringify(record)]
          : [REMEMBERED_MS, pack(record)];
    const change = [key, version, this.#runtime.uuid(), status, ...values];
    return (await this.#redis.replaceOrder(...this.#keys(key), ...change)) === 1;
  }

  async #read(key: string): Promise<{ open?: OpenOrder | undefined; settled?: SettledRecord | undefined }> {
    // In this order, so that an order which is settled in between is found.
    const [open, settled] = await Promise.all([this.#open(key), this.#redis.get(this.#keys(key)[1])]);
    return { open, settled: settled === null ? undefined : unpack(key, settled) };
  }

  async #open(key: string): Promise<OpenOrder | undefined> {
    const fields = ["version", "order", "due", "wait", "leased"] as const;
    const [version, order, due, wait, leased] = await this.#redis.hmget(this.#keys(key)[0], ...fields);
    if (!version || !order) return undefined;
    const record = JSON.parse(order) as PendingRecord | DeadLetter;
    if (record.status === "dead") return { record, version, isSending: false, isLate: false };
    const left = Number(due) - this.#runtime.now();
    const isLate = left > Number(wait);
    // The machine that leased it may be ahead of this one.
    const isSending = Boolean(leased) && left > 0 && left <= Number(wait) + MAX_CLOCK_GAP_MS;
    return { record: { ...record, dueAt: Number(due) }, version, isSending, isLate };
  }

  #keys(key: string): readonly [record: string, settled: string, ...rest: string[]] {
    const names = [`order:${key}`, `settled:${key}`, "waiting", "dead", "counts"];
    return names.map((name) => this.#prefix + name) as [string, string, ...string[]];
  }
}

function recordAfter(leased: PendingRecord, verdict: Verdict, now: number): OutboxRecord {
  if (verdict.status === "delivered") return settledAs("delivered", leased, now);
  const { dueAt: _, ...job } = leased;
  const lastAttempts = lastAttemptsAfter(leased, verdict, now);
  if (verdict.status === "dead")
    return { ...job, lastAttempts, status: "dead", reason: verdict.reason, diedAt: now };
  return { ...job, lastAttempts, attempts: job.attempts + Number(verdict.counted), dueAt: verdict.at };
}

function settledAs(
  status: SettledRecord["status"],
  { key, acceptedAt, attempts, summary }: PendingRecord | DeadLetter,
  settledAt: number,
): SettledRecord {
  return { status, key, acceptedAt, settledAt, attempts, summary };
}

// A settled record is kept in memory for 400 days, so it has no names of its own.
function pack({ status, acceptedAt, settledAt, attempts, summary }: SettledRecord): string {
  return JSON.stringify([status, acceptedAt, settledAt, attempts, summary]);
}

function unpack(key: string, text: string): SettledRecord {
  const [status, acceptedAt, settledAt, attempts, summary] = JSON.parse(text);
  return { key, status, acceptedAt, settledAt, attempts, ...(summary && { summary }) };
}
