import {
  AvantLinkError,
  type DeadLetter,
  type DeadReason,
  type JobState,
  type OutboxTotals,
  type PutResult,
} from "@avantlink-s2s/core";
import type { Redis } from "ioredis";
import { answered } from "./bullmq-connection.ts";
import {
  FORGET_TRIED,
  KEEP_LEASE,
  LIST_LETTERS,
  MARK_TRIED,
  PUT_LETTER,
  REMOVE_LETTER,
  STATE_OF,
  TOTALS,
} from "./bullmq-scripts.ts";
import { deduplicationIdOf, keyOf, type OrderJob } from "./bullmq-worker.ts";

/** In braces, so that all keys stand in one slot of a cluster. */
export const PREFIX = "{avantlink}";
/** How long a key stays taken, in milliseconds. */
export const REMEMBERED_MS = 400 * 86_400_000;
/** A deploy is no fault of the job that it interrupts, and when to give up is the tracker's to say. */
export const NO_LIMIT = 2 ** 30;
/** Half a minute after its worker died a job's lock is gone. */
export const LEASE_MS = 30_000;
/** Nothing stays of a delivered job; a dead one stays until somebody has looked at it. */
export const JOB = {
  attempts: NO_LIMIT,
  backoff: { type: "custom" },
  removeOnComplete: true,
  removeOnFail: false,
  stackTraceLimit: 0,
} as const;

/** What a dead letter becomes: a fresh job, or a letter for another reason. */
export interface LetterChange {
  readonly kind: string;
  /** @default the one that it has */
  readonly body?: string | undefined;
  readonly acceptedAt: number;
  readonly reason?: DeadReason | undefined;
}

type Value = string | number;

/** What BullMQ has no call for, on its own structures. */
export class BullJobs {
  readonly #redis: Redis;
  readonly #prefix: string;

  constructor(redis: Redis, queue: string) {
    this.#redis = redis;
    this.#prefix = `${PREFIX}:${queue}:`;
  }

  /** Keeps a letter, or makes something of one; else what the key stands for. */
  async putLetter(key: string, change: LetterChange, at: { now: number; newId: string }): Promise<PutResult> {
    const id = deduplicationIdOf(key);
    const answer = await this.#ask<string | null>(
      PUT_LETTER,
      [`de:${id}`, "failed", "delayed", "marker", "tried"],
      REMEMBERED_MS,
      at.now,
      at.newId,
      JSON.stringify(JOB),
      id,
      change.kind,
      change.body === undefined ? "" : JSON.stringify(change.body),
      change.acceptedAt,
      change.reason ? JSON.stringify(change.reason) : "",
    );
    if (answer === "accepted") return { status: "accepted" };
    if (answer !== null) return { status: "duplicate", state: stateFrom(answer) };
    throw new AvantLinkError("outbox.unavailable", { detail: "Its key has just expired." });
  }

  /** Makes a letter a fresh job. Whether there was such a letter. */
  async retry(key: string, body: string | undefined, now: number): Promise<boolean> {
    // Where there is no letter, none is made: there is no reason for one.
    if ((await this.state(key)) !== "dead") return false;
    const change = { kind: "order", body, acceptedAt: now };
    return (await this.putLetter(key, change, { now, newId: "" })).status === "accepted";
  }

  async remove(key: string): Promise<boolean> {
    const names = [`de:${deduplicationIdOf(key)}`, "failed", "tried", "tally"];
    return (await this.#ask<number>(REMOVE_LETTER, names)) === 1;
  }

  async state(key: string): Promise<JobState | undefined> {
    const state = await this.#ask<string | null>(STATE_OF, [`de:${deduplicationIdOf(key)}`, "failed"]);
    return state === null ? undefined : stateFrom(state);
  }

  async letters(limit: number, offset: number): Promise<DeadLetter[]> {
    const rows = await this.#ask<(string | null)[][]>(
      LIST_LETTERS,
      ["failed"],
      offset,
      offset + limit - 1,
      REMEMBERED_MS,
    );
    return rows.map(letterFrom);
  }

  async totals(): Promise<OutboxTotals> {
    const waiting = ["wait", "paused", "active", "prioritized", "delayed"];
    const names = [...waiting, "failed", "metrics:completed", "tally", "tried"];
    const answer = await this.#ask<(Value | null)[]>(TOTALS, names);
    const [pending = 0, dead = 0, delivered = 0, removed = 0] = answer.map(Number);
    const oldest = answer[4] ?? null;
    return {
      accepted: pending + dead + delivered + removed,
      delivered,
      pending,
      dead,
      removed,
      oldestPendingAt: oldest === null ? undefined : Number(oldest),
    };
  }

  /** Lets fresh orders go before this one from now on, if the lease is still the token's. */
  async markTried({ id = "", timestamp }: OrderJob, token: string): Promise<void> {
    const keys = [id, `${id}:lock`, "tried", "failed"].map((name) => this.#prefix + name);
    await this.#redis.eval(MARK_TRIED, keys.length, ...keys, this.#prefix, token, id, timestamp);
  }

  /** Lets the index of what was tried go of a job that is settled. Where that fails, it is done by and by. */
  async forgetTried(id: string): Promise<void> {
    await this.#ask(FORGET_TRIED, ["tried", "failed"], id).catch(() => {});
  }

  /** Renews a lease, or takes it back where it ran out and nobody else has had the job since. */
  async keepLease(job: OrderJob, token: string): Promise<void> {
    const { id = "", attemptsStarted, processedOn = 0 } = job;
    const names = [id, `${id}:lock`, "stalled", "active", "wait", "paused"];
    const keys = names.map((name) => this.#prefix + name);
    await this.#redis.eval(
      KEEP_LEASE,
      keys.length,
      ...keys,
      token,
      id,
      attemptsStarted,
      processedOn,
      LEASE_MS,
    );
  }

  /** Whether Redis takes what is written. */
  async takesWrites(): Promise<boolean> {
    return this.#redis.set(`${this.#prefix}probe`, "", "PX", 1).then(
      () => true,
      () => false,
    );
  }

  async #ask<T>(script: string, names: readonly string[], ...values: Value[]): Promise<T> {
    const keys = names.map((name) => this.#prefix + name);
    const asking = this.#redis.eval(script, keys.length, ...keys, this.#prefix, ...values);
    return (await answered(this.#redis, asking)) as T;
  }
}

function stateFrom(state: string): JobState {
  return state === "pending" || state === "delivered" ? state : "dead";
}

function letterFrom([id, kind, body, acceptedAt, attempts, reason, diedAt]: (string | null)[]): DeadLetter {
  return {
    status: "dead",
    key: keyOf(id ?? ""),
    orderNumber: "",
    lastAttempts: [],
    kind: kind === "rejected" ? kind : "order",
    body: JSON.parse(body ?? '""'),
    acceptedAt: Number(acceptedAt),
    // BullMQ counts the attempt at which a job died.
    attempts: Math.max(0, Number(attempts) - 1),
    reason: reasonFrom(reason ?? ""),
    diedAt: Number(diedAt),
  };
}

// A job that BullMQ itself gave up has BullMQ's own words.
function reasonFrom(text: string): DeadReason {
  try {
    return JSON.parse(text);
  } catch {
    return { code: "unexpected", message: `BullMQ gave it up: ${text}` };
  }
}
