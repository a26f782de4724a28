import {
  type AcceptedRange,
  AvantLinkError,
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
  type Verdict,
} from "@avantlink-s2s/core";
import { duplicateOf, lastAttemptsAfter, notForgotten, revivedOf } from "../job-row.ts";
import type { Leased } from "../lease-worker.ts";
import type { ScriptedRedis } from "./scripts.ts";

/** In braces, so that all keys stand in one slot of a Redis cluster. */
export const PREFIX = "{avantlink}";

// For how long a worker has an order. A delivery takes 15 seconds at most.
const LEASE_MS = 30_000;
// Keys that one call looks at; each takes Redis well under a millisecond.
const SCAN_COUNT = 1_000;

/** A leased order. The lease ends when the record gets another version. */
export interface OrderLease {
  readonly record: PendingRecord;
  readonly version: string;
}

interface Found {
  readonly record: OutboxRecord;
  /** Changes with the record. */
  readonly version: string;
  /** Whether a worker has the order now. */
  readonly isSending: boolean;
}

/**
 * The orders of one outbox, on Redis keys of its own: a hash for each order that waits or is dead, a short text for
 * each settled one for 400 days, three indexes and two counters. Each change replaces an order's record if it is still of
 * the version that was read. Whatever becomes of an order's ticket in BullMQ, an order is sent only by the worker that
 * this book leases it to.
 *
 * A settled order takes some 420 bytes. With BullMQ's own means a key stays taken for 470 (a deduplication key and a
 * record) or 1,320 bytes (the job itself, its body overwritten), and what becomes of an order takes several steps.
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

  /** Rejects where Redis does not accept writes, or where a newer version of this package has written. */
  async open(): Promise<void> {
    const version = await this.#redis.openBook(...this.#keys());
    if (version === "1") return;
    const detail = "Its orders were written by a newer version of @avantlink-s2s/outbox: update this one.";
    throw new AvantLinkError("outbox.unfit", { detail });
  }

  /** Accepts an order once. A dead letter gives way to it. */
  async put(job: OutboxJob, reason?: DeadReason): Promise<PutResult> {
    const record: OutboxRecord = reason
      ? { ...freshOf(job), status: "dead", reason, diedAt: this.#runtime.now() }
      : freshOf(job);
    for (let version = ""; ; ) {
      if (await this.#replace(record, version)) return { status: "accepted" };
      const found = await this.#read(job.key);
      if (found && found.record.status !== "dead") return duplicateOf(found.record);
      version = found?.version ?? "";
    }
  }

  /** Leases an order, if it waits and is due. */
  async claim(key: string): Promise<Leased<OrderLease> | undefined> {
    const version = this.#runtime.uuid();
    const order = await this.#redis.claimOrder(...this.#keys(key), version, LEASE_MS);
    if (order === null) return undefined;
    const record: PendingRecord = JSON.parse(order);
    const { status: _, lastAttempts: __, dueAt: ___, ...job } = record;
    return { job, lease: { record, version } };
  }

  /** The keys of orders that are due, the longest first. */
  async due(limit: number): Promise<readonly string[]> {
    return this.#redis.dueOrders(...this.#keys(), limit);
  }

  /** Returns whether the lease was still this worker's. */
  async settle({ record, version }: OrderLease, verdict: Verdict): Promise<boolean> {
    return this.#replace(recordAfter(record, verdict, this.#runtime.now()), version);
  }

  /** Makes an order due again that was not begun. Returns whether the lease was still this worker's. */
  async release({ record, version }: OrderLease): Promise<boolean> {
    return this.#replace({ ...record, dueAt: this.#runtime.now() }, version);
  }

  /** Makes a dead letter a fresh order. Returns false where there is no such letter. */
  async revive(key: string, corrected?: CorrectedJob): Promise<boolean> {
    const found = await this.#read(key);
    const job = revivedOf(found?.record, corrected, this.#runtime.now());
    return job !== undefined && this.#replace(freshOf(job), found?.version);
  }

  /** Erases a dead letter. Returns false where there is no such letter. */
  async remove(key: string): Promise<boolean> {
    const { record, version } = (await this.#read(key)) ?? {};
    if (record?.status !== "dead") return false;
    return this.#replace(settledAs("removed", record, this.#runtime.now()), version);
  }

  /** Erases an order that nobody is sending. */
  async forget(key: string): Promise<ForgetResult> {
    const { record, version, isSending } = (await this.#read(key)) ?? {};
    if (isSending || (record?.status !== "pending" && record?.status !== "dead")) return notForgotten(record);
    const removed = settledAs("removed", record, this.#runtime.now());
    return (await this.#replace(removed, version)) ? { status: "removed" } : this.forget(key);
  }

  async find(key: string): Promise<OutboxRecord | undefined> {
    return (await this.#read(key))?.record;
  }

  /** The orders that wait or are being sent, oldest first. */
  async waiting({ limit = 100, offset = 0 }: Page = {}): Promise<PendingRecord[]> {
    const keys = await this.#redis.zrange(`${this.#prefix}waiting`, offset, `${offset + limit - 1}`);
    const records = await Promise.all(keys.map((key) => this.find(key)));
    return records.filter((record) => record?.status === "pending");
  }

  /** The dead letters, newest first. */
  async dead({ limit = 100, offset = 0 }: Page = {}): Promise<DeadLetter[]> {
    const keys = await this.#redis.zrevrange(`${this.#prefix}dead`, offset, offset + limit - 1);
    const records = await Promise.all(keys.map((key) => this.find(key)));
    return records.filter((record) => record?.status === "dead");
  }

  /** Walks over all keys of the database, since an index of settled orders would cost memory for 400 days. */
  async settled({ from, until }: AcceptedRange): Promise<SettledRecord[]> {
    const start = `${this.#prefix}settled:`;
    const found = new Map<string, SettledRecord>();
    let cursor = "0";
    do {
      const [next, names] = await this.#redis.scanKeys(...this.#keys(), cursor, `${start}*`, SCAN_COUNT);
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
    const answer = await this.#redis.countOrders(...this.#keys());
    const [pending = 0, dead = 0, delivered = 0, removed = 0, oldest = 0] = answer.map(Number);
    const accepted = delivered + pending + dead + removed;
    const oldestPendingAt = pending > 0 ? oldest : undefined;
    return { accepted, delivered, pending, dead, removed, oldestPendingAt };
  }

  async #replace(record: OutboxRecord, version = ""): Promise<boolean> {
    const { key, status } = record;
    const kept =
      status === "pending"
        ? [record.acceptedAt, JSON.stringify(record), Math.max(0, record.dueAt - this.#runtime.now())]
        : status === "dead"
          ? [record.diedAt, JSON.stringify(record)]
          : [REMEMBERED_MS, pack(record)];
    const change = [version, this.#runtime.uuid(), status, ...kept];
    return (await this.#redis.replaceOrder(...this.#keys(key), ...change)) === 1;
  }

  async #read(key: string): Promise<Found | undefined> {
    const [version, order, leased, left, settled] = await this.#redis.readOrder(...this.#keys(key));
    if (settled !== null) return { record: unpack(key, settled), version: "", isSending: false };
    if (version === null || order === null) return undefined;
    const record: PendingRecord | DeadLetter = JSON.parse(order);
    if (left === null) return { record, version, isSending: false };
    const waiting = { ...record, dueAt: this.#runtime.now() + left } as PendingRecord;
    return { record: waiting, version, isSending: leased !== null && left > 0 };
  }

  /** A script's keys, and its first argument. */
  #keys(key = ""): string[] {
    const names = [`order:${key}`, `settled:${key}`, "waiting", "dead", "due", "counts"];
    return [...names.map((name) => this.#prefix + name), key];
  }
}

function freshOf(job: OutboxJob): PendingRecord {
  return { ...job, status: "pending", attempts: 0, lastAttempts: [], dueAt: job.acceptedAt };
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
