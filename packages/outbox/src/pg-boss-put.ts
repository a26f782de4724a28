import {
  AvantLinkError,
  type DeadReason,
  type JobState,
  type OutboxJob,
  type PutResult,
} from "@avantlink-s2s/core";
import type { SqlRunner } from "./pg-boss-boss.ts";
import { type BossJobs, dataOf, idOf } from "./pg-boss-jobs.ts";

/** Stores orders, each once its key; of several with one key the first. What became of each. */
export async function putAll(
  jobs: BossJobs,
  sql: SqlRunner,
  all: readonly OutboxJob[],
): Promise<readonly PutResult[]> {
  const first = new Map<string, OutboxJob>();
  for (const job of all) if (!first.has(job.key)) first.set(job.key, job);
  const stored = await jobs.insert(sql, [...first.values()]);
  const results: PutResult[] = [];
  // One after the other: inside a transaction there is only one connection.
  for (const job of all) {
    const isStored = first.get(job.key) === job && stored.has(idOf(job.key));
    results.push(isStored ? { accepted: true } : await putAgain(jobs, sql, job));
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
  if (await jobs.putLetter(sql, job, reason)) return { accepted: true };
  return { accepted: false, state: await standing(jobs, sql, job.key) };
}

async function putAgain(jobs: BossJobs, sql: SqlRunner, job: OutboxJob): Promise<PutResult> {
  if (await jobs.revive(sql, job.key, dataOf(job))) return { accepted: true };
  return { accepted: false, state: await standing(jobs, sql, job.key) };
}

/** What a taken key stands for. */
async function standing(jobs: BossJobs, sql: SqlRunner, key: string): Promise<JobState> {
  const state = await jobs.state(sql, key);
  if (state === undefined)
    throw new AvantLinkError("outbox.unavailable", { detail: "Its key has just expired." });
  return state;
}
