import {
  type AcceptedRange,
  type ClaimedJob,
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
  type SettledRecord,
  type Verdict,
} from "@avantlink-s2s/core";
import type { Redis } from "ioredis";
import { type AttemptLease, lastAttemptsAfter } from "../attempts.ts";
import {
  attemptsOf,
  fieldsOf,
  jobOf,
  openRecord,
  packSummary,
  settledRecord,
  unpackSummary,
} from "./record.ts";
import { failureCode } from "./redis-failure.ts";
import { CLAIM, ERASE, PUT, REVIVE, type Script, SETTLE, TOTALS } from "./scripts.ts";

/** In braces, so that all keys stand in one slot of a Redis cluster. */
export const PREFIX = "{avantlink}";
/** For how long a worker has an order. A delivery takes 15 seconds at most. */
export const LEASE_MS = 30_000;

// Keys that one call looks at; each takes Redis well under a millisecond.
const SCAN_COUNT = 1_000;

/** An order that is leased to a worker, or when it is due or its lease ends if that is yet to come. */
export type Claim = ({ readonly job: ClaimedJob } & AttemptLease) | { readonly dueAt: number };

/** An order that waits for its time or for a worker. */
export interface WaitingOrder {
  readonly key: string;
  readonly ticket: string;
  /** Whether there was an attempt before. */
  readonly isTried: boolean;
  readonly dueAt: number;
  /** Whether its time is further away than it ever was: the clock was set back. */
  readonly isOverdue: boolean;
}

/**
 * The orders of one outbox, on Redis keys of its own: a hash for each order that waits or is dead, a short text for
 * each settled one for 400 days, two indexes and two counters. Whatever becomes of an order's ticket in BullMQ, an
 * order is sent only by the worker that this book leases it to.
 *
 * A settled order takes some 330 bytes. With BullMQ's own means a key stays taken for 470 (a deduplication key and a
 * record) or 1,320 bytes (the job itself, its body overwritten), and what becomes of an order takes several steps.
 */
export class OrderBook {
  readonly #redis: Redis;
  readonly #prefix: string;

  constructor(redis: Redis, queue: string) {
    this.#redis = redis;
    this.#prefix = `${PREFIX}.${queue}:`;
  }

  /** Rejects where Redis does not accept writes. */
  async checkWritable(): Promise<void> {
    await this.#redis.hsetnx(`${this.#prefix}counts`, "version", "1");
  }

  async put(job: OutboxJob, ticket: string, now: number, dead?: DeadReason): Promise<PutResult> {
    const { key, kind, orderNumber, body, acceptedAt, summary } = job;
    const reason = dead ? JSON.stringify(dead) : "";
    const values = [ticket, kind, orderNumber, body, acceptedAt, packSummary(summary), reason];
    const [answer, known = ""] = await this.#ask<[string, string?]>(PUT, key, now, values);
    if (answer === "accepted") return { status: "accepted" };
    const found =
      answer === "settled"
        ? settledRecord(key, known)
        : { status: "pending" as const, summary: unpackSummary(JSON.parse(known)) };
    const state = found.status === "removed" ? "dead" : found.status;
    return { status: "duplicate", state, contentHash: found.summary?.contentHash };
  }

  /** Leases a ticket's order; undefined for a void ticket. */
  async claim(key: string, ticket: string, token: string, now: number): Promise<Claim | undefined> {
    const answer = await this.#ask<string[]>(CLAIM, key, now, [ticket, token, now + LEASE_MS]);
    if (answer.length <= 1) return answer[0] === undefined ? undefined : { dueAt: Number(answer[0]) };
    const fields = fieldsOf(answer);
    return { job: jobOf(key, fields), lastAttempts: attemptsOf(fields) };
  }

  /** Returns whether the lease was still this worker's. */
  async settle(
    { key, attempts }: ClaimedJob,
    lease: AttemptLease & { readonly token: string },
    verdict: Verdict,
    now: number,
  ): Promise<boolean> {
    const { status } = verdict;
    const log = status === "delivered" ? [] : lastAttemptsAfter(lease, verdict, now);
    const retry = status === "retry" ? verdict : { at: now, counted: false };
    return this.#end(key, lease.token, now, [
      status,
      attempts + Number(retry.counted),
      JSON.stringify(log),
      retry.at,
      Math.max(0, retry.at - now),
      status === "dead" ? JSON.stringify(verdict.reason) : "",
    ]);
  }

  /** Makes an order due again that was not begun. */
  async release(key: string, token: string, now: number): Promise<void> {
    await this.#end(key, token, now, ["released", "", "", "", "", ""]);
  }

  /** Makes a dead letter a fresh order. Returns false where there is no such letter. */
  async revive(key: string, ticket: string, now: number, corrected?: CorrectedJob): Promise<boolean> {
    const values = [ticket, corrected?.body ?? "", packSummary(corrected?.summary)];
    return (await this.#ask<number>(REVIVE, key, now, values)) === 1;
  }

  /** Erases an order that nobody is sending, or only a dead letter. Its ticket, if it has one, is void then. */
  async erase(
    key: string,
    now: number,
    which: "any" | "dead",
  ): Promise<ForgetResult & { readonly ticket?: string }> {
    const [status, known = ""] = await this.#ask<[string, string?]>(ERASE, key, now, [which]);
    if (status === "sending" || status === "unknown") return { status };
    if (status === "removed") return { status, ticket: known };
    const { status: how, settledAt } = settledRecord(key, known);
    return how === "delivered" ? { status: how, settledAt } : { status: how };
  }

  async find(key: string): Promise<OutboxRecord | undefined> {
    const [open] = await this.#records([key]);
    if (open) return open;
    const settled = await this.#redis.get(this.#keys(key)[1]);
    return settled === null ? undefined : settledRecord(key, settled);
  }

  async waiting(page?: Page): Promise<PendingRecord[]> {
    const records = await this.#records(await this.#list("waiting", page));
    return records.filter((record) => record.status === "pending");
  }

  async dead(page?: Page): Promise<DeadLetter[]> {
    const records = await this.#records(await this.#list("dead", page));
    return records.filter((record) => record.status === "dead");
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
        const record = text ? settledRecord(name.slice(start.length), text) : undefined;
        if (record && record.acceptedAt >= from && record.acceptedAt < until) found.set(record.key, record);
      }
      cursor = next;
    } while (cursor !== "0");
    return [...found.values()];
  }

  async totals(): Promise<OutboxTotals> {
    const answer = await this.#ask<(string | number | null)[]>(TOTALS, "", 0, []);
    const [pending = 0, dead = 0, delivered = 0, removed = 0, oldest = 0] = answer.map(Number);
    const accepted = delivered + pending + dead + removed;
    const oldestPendingAt = pending > 0 ? oldest : undefined;
    return { accepted, delivered, pending, dead, removed, oldestPendingAt };
  }

  /** How many orders wait or are being sent. */
  async size(): Promise<number> {
    return this.#redis.zcard(`${this.#prefix}waiting`);
  }

  /** A page of the orders that nobody is sending; undefined after the last page. */
  async unleased(page: Page, now: number): Promise<WaitingOrder[] | undefined> {
    const keys = await this.#list("waiting", page);
    if (keys.length === 0) return undefined;
    const fields = ["ticket", "lease", "due", "wait", "log"];
    const all = await Promise.all(keys.map((key) => this.#redis.hmget(this.#keys(key)[0], ...fields)));
    return all.flatMap(([ticket, lease, due, wait, log], index) => {
      const [key, left] = [keys[index], Number(due) - now];
      const isOverdue = left > Number(wait);
      if (key === undefined || !ticket || (lease && left > 0 && !isOverdue)) return [];
      return [
        { key, ticket, isTried: Boolean(log), dueAt: Number(due), isOverdue: Boolean(log) && isOverdue },
      ];
    });
  }

  /** Waiting orders are listed oldest first, dead letters newest first. */
  async #list(index: "waiting" | "dead", { limit = 100, offset = 0 }: Page = {}): Promise<string[]> {
    const [name, last] = [this.#prefix + index, offset + limit - 1];
    return index === "dead"
      ? this.#redis.zrevrange(name, offset, last)
      : this.#redis.zrange(name, offset, `${last}`);
  }

  async #records(keys: readonly string[]): Promise<(PendingRecord | DeadLetter)[]> {
    const hashes = await Promise.all(keys.map((key) => this.#redis.hgetall(this.#keys(key)[0])));
    return hashes.flatMap((fields, index) =>
      fields.ticket === undefined ? [] : [openRecord(keys[index] ?? "", fields)],
    );
  }

  async #end(key: string, token: string, now: number, values: (string | number)[]): Promise<boolean> {
    return (await this.#ask<number>(SETTLE, key, now, [token, ...values])) === 1;
  }

  #keys(key: string): readonly [record: string, settled: string, ...indexes: string[]] {
    const names = [`order:${key}`, `settled:${key}`, "waiting", "dead", "counts"];
    return names.map((name) => this.#prefix + name) as [string, string, ...string[]];
  }

  async #ask<T>({ lua, sha }: Script, key: string, now: number, values: (string | number)[]): Promise<T> {
    const keys = this.#keys(key);
    const all = [...keys, key, now, REMEMBERED_MS, ...values];
    try {
      return (await this.#redis.evalsha(sha, keys.length, ...all)) as T;
    } catch (cause) {
      if (failureCode(cause) !== "NOSCRIPT") throw cause;
      return (await this.#redis.eval(lua, keys.length, ...all)) as T;
    }
  }
}
