import {
  AvantLinkError,
  type DeadReason,
  type JobState,
  type OutboxJob,
  type PutResult,
} from "@avantlink-s2s/core";
import type { SqlRunner } from "./pg-boss-boss.ts";
import { type BossJobs, dataOf, idOf, type Standing } from "./pg-boss-jobs.ts";

// What a group waits for one of its orders whose number an open transaction of the shop's holds, and that one alone.
const GROUP_LOCK_MS = 400;
const ALONE_LOCK_MS = 2_000;
// https://www.postgresql.org/docs/current/errcodes-appendix.html: lock_not_available.
const LOCKED = "55P03";

/**
 * Stores orders as {@link putAll} does. Where an open transaction holds the number of one, that one is left to wait
 * by itself, rather than have all the others refused with it.
 */
export async function putGroup(
  jobs: BossJobs,
  sql: SqlRunner,
  all: readonly OutboxJob[],
  putAlone: (job: OutboxJob) => Promise<PutResult>,
): Promise<readonly (PutResult | Promise<PutResult>)[]> {
  try {
    return await putAll(jobs, sql, all, all.length > 1 ? GROUP_LOCK_MS : ALONE_LOCK_MS);
  } catch (cause) {
    if (all.length === 1 || Reflect.get(Object(cause), "code") !== LOCKED) throw cause;
    return all.map(putAlone);
  }
}

/** Stores orders, each once its key; of several with one key the first. What became of each. */
export async function putAll(
  jobs: BossJobs,
  sql: SqlRunner,
  all: readonly OutboxJob[],
  lockMs?: number,
): Promise<readonly PutResult[]> {
  const first = new Map<string, OutboxJob>();
  for (const job of all) if (!first.has(job.key)) first.set(job.key, job);
  const stored = await jobs.insert(sql, [...first.values()], lockMs);
  const isStored = (job: OutboxJob) => first.get(job.key) === job && stored.has(idOf(job.key));
  const taken = all.filter((job) => !isStored(job)).map(({ key }) => key);
  const standing = taken.length > 0 ? await jobs.standing(sql, taken) : new Map<string, Standing>();
  const results: PutResult[] = [];
  // One after the other: inside a transaction there is only one connection.
  for (const job of all) {
    results.push(
      isStored(job) ? { status: "accepted" } : await putAgain(jobs, sql, job, standing.get(idOf(job.key))),
    );
  }
  return results;
}

/** Keeps an order as a letter, once its key. */
export async function putDead(
  jobs: BossJobs,
  sql: SqlRunner,
  job: OutboxJob,
  reason: DeadReason,
): Promise<PutResult> {
  if (await jobs.putLetter(sql, job, reason)) return { status: "accepted" };
  return refused(await jobs.state(sql, job.key));
}

async function putAgain(
  jobs: BossJobs,
  sql: SqlRunner,
  job: OutboxJob,
  standing: Standing | undefined,
): Promise<PutResult> {
  if (!standing?.isLetter) return refused(standing?.state);
  if (await jobs.revive(sql, job.key, dataOf(job))) return { status: "accepted" };
  return refused(await jobs.state(sql, job.key));
}

function refused(state: JobState | undefined): PutResult {
  if (state === undefined) {
    throw new AvantLinkError("outbox.unavailable", { detail: "Its key has just expired." });
  }
  return { status: "duplicate", state };
}
