import { AvantLinkError, type Deliver, type OutboxWorker } from "@avantlink-s2s/core";
import type { Worker } from "bullmq";
import type { Redis } from "ioredis";
import { awake, type Connection, endNow, load, withRedis } from "./bullmq-connection.ts";
import { BullJobs, LEASE_MS, NO_LIMIT, PREFIX } from "./bullmq-jobs.ts";
import { isLeaseLost, Refusal } from "./bullmq-refusal.ts";
import { Stalled, watchForSilence } from "./bullmq-stalled.ts";
import { insistence } from "./bullmq-verdicts.ts";
import { createProcessor, delayAfter } from "./bullmq-worker.ts";
import { inTime } from "./in-time.ts";

// A job whose lock is gone is found within another quarter of a minute.
const SWEEP_MS = 15_000;

/** What a worker works with. */
export interface WorkerParts {
  /** A connection of its own. */
  readonly redis: Redis;
  readonly queue: string;
  readonly deliver: Deliver;
  readonly concurrency: number;
  readonly problem: (error: AvantLinkError) => void;
}

/** Delivers through a BullMQ worker, which fetches jobs, leases them and renews the leases. */
export async function startWorker(
  parts: WorkerParts,
): Promise<OutboxWorker & { readonly end: () => Promise<void> }> {
  const { redis, queue, deliver, concurrency, problem } = parts;
  const { Worker, DelayedError, UnrecoverableError } = await load(() => import("bullmq"), "bullmq");
  const jobs = new BullJobs(redis, queue);
  redis.on("error", () => {});
  const stalled = new Stalled(problem);
  const refusal = new Refusal({
    takesWrites: () => jobs.takesWrites(),
    hold(cause) {
      worker.pause(true);
      stalled.begins("refusing", cause);
    },
    goOn: () => worker.resume(),
    calm: () => stalled.ends("refusing"),
  });
  const processor = createProcessor({
    deliver,
    errors: { DelayedError, UnrecoverableError },
    insist: insistence(jobs, refusal),
  });
  const worker = new Worker<string, void>(queue, (job, token) => processor.process(job, token), {
    connection: redis,
    prefix: PREFIX,
    concurrency,
    autorun: false,
    lockDuration: LEASE_MS,
    stalledInterval: SWEEP_MS,
    maxStalledCount: NO_LIMIT,
    runRetryDelay: 1_000,
    metrics: { maxDataPoints: 1 },
    settings: { backoffStrategy: delayAfter },
  });
  let connections: readonly Connection[] = [redis];
  let endWatch = () => {};

  async function end(): Promise<void> {
    endWatch();
    refusal.giveUp();
    for (const connection of connections) endNow(connection);
    await inTime(worker.close(true), "Redis").catch(() => {});
  }

  async function stop(): Promise<void> {
    refusal.stop();
    await worker.pause(true);
    await processor.idle();
    // Where Redis is away, nothing more can be settled.
    const all = await Promise.all(connections.map(awake));
    if (!all.every(Boolean)) return end();
    const closing = worker.close();
    while (!(await isInTime(closing))) {
      // What was being claimed when it stopped is delivered yet, and may take longer than Redis.
      if (!processor.isBusy()) return end();
      await processor.idle();
    }
    endWatch();
  }

  worker.on("completed", ({ id = "" }) => {
    processor.settled(id);
    jobs.forgetTried(id);
  });
  worker.on("failed", (job) => {
    // BullMQ calls so an attempt too after which there is another.
    if (job?.id && job.finishedOn) jobs.forgetTried(job.id);
  });
  watch({ redis, worker, stalled, refusal });
  try {
    // A worker whose connections break before they were ready never comes back to life.
    await withRedis(redis, worker.waitUntilReady());
    const blocking = await worker.getBackend().blockingClient;
    if (blocking) connections = [blocking, redis];
  } catch (cause) {
    await end();
    throw cause;
  }
  endWatch = watchForSilence(redis, `${PREFIX}:${queue}:meta`, stalled);
  worker.run().catch((cause: unknown) => problem(new AvantLinkError("unexpected", { cause })));
  return { stop, end };
}

async function isInTime(work: Promise<unknown>): Promise<boolean> {
  return inTime(work, "Redis").then(
    () => true,
    () => false,
  );
}

interface Watched {
  readonly redis: Redis;
  readonly worker: Worker<string, void>;
  readonly stalled: Stalled;
  readonly refusal: Refusal;
}

/** Notices that Redis is away, or refuses what BullMQ writes. */
function watch({ redis, worker, stalled, refusal }: Watched): void {
  redis.on("ready", () => stalled.ends("away"));
  const met = (cause: unknown) => {
    if (isLeaseLost(cause)) return;
    if (redis.status !== "ready") stalled.begins("away", cause);
    else if (!isBrokenConnection(cause)) refusal.met(cause);
  };
  redis.on("error", met);
  worker.on("error", met);
}

// The worker has a second connection, which may break by itself and comes back by itself.
function isBrokenConnection(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  return ("code" in cause && typeof cause.code === "string") || cause.message === "Connection is closed.";
}
