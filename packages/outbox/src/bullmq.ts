import {
  AvantLinkError,
  type Outbox,
  type OutboxJob,
  type PutResult,
  type Runtime,
} from "@avantlink-s2s/core";
import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import {
  answered,
  type Connections,
  connectionsLike,
  load,
  type RedisAddress,
  type RedisClient,
  weaknesses,
  withRedis,
} from "./bullmq-connection.ts";
import { BullJobs, JOB, PREFIX, REMEMBERED_MS } from "./bullmq-jobs.ts";
import { startWorker } from "./bullmq-run.ts";
import { deduplicationIdOf } from "./bullmq-worker.ts";
import { NOT_YET, recordOf } from "./not-yet.ts";
import { checkOptions } from "./options.ts";

/** The options of {@link bullmqOutbox}. */
export interface BullmqOutboxOptions {
  /** Redis: an address such as `redis://localhost:6379`, ioredis's options, or an ioredis client to take after. */
  readonly connection: string | RedisAddress | RedisClient;
  /** The queue's name; processes with the same one share their orders. @default "orders" */
  readonly queue?: string | undefined;
}

export type { RedisAddress, RedisClient };

/** Open connections. */
interface Store {
  readonly redis: Redis;
  readonly queue: Queue<string, void>;
  readonly jobs: BullJobs;
  readonly connections: Connections;
  readonly runtime: Runtime;
  readonly problem: (error: AvantLinkError) => void;
}

/** Keeps orders in Redis with BullMQ: for shops on several machines. Needs `bullmq` and `ioredis` beside it. */
export function bullmqOutbox(options: BullmqOutboxOptions): Outbox {
  checkOptions("bullmqOutbox", options, { connection: redisConnection, queue: queueName });
  const name = options.queue ?? "orders";
  let opening: Promise<void> | undefined;
  let store: Store | undefined;
  let endings: (() => Promise<unknown>)[] = [];

  async function openStore(runtime: Runtime, problem: Store["problem"]): Promise<void> {
    const { Queue } = await load(() => import("bullmq"), "bullmq");
    const connections = await connectionsLike(options.connection);
    const redis = connections.forPutting();
    endings.push(async () => redis.disconnect());
    redis.on("error", () => {});
    const weak = await withRedis(
      redis,
      redis.connect().then(() => weaknesses(redis)),
    );
    const queue: Store["queue"] = new Queue(name, {
      connection: redis,
      prefix: PREFIX,
      streams: { events: { maxLen: 100 } },
    });
    endings.push(() => queue.close());
    queue.on("error", () => {});
    await withRedis(redis, queue.waitUntilReady());
    store = { redis, queue, jobs: new BullJobs(redis, name), connections, runtime, problem };
    if (weak.length > 0) {
      problem(new AvantLinkError("outbox.at-risk", { detail: `Redis: ${weak.join("; ")}.` }));
    }
  }

  async function close(): Promise<void> {
    store = undefined;
    const ends = endings.reverse();
    endings = [];
    for (const end of ends) await end().catch(() => {});
  }

  function opened(): Store {
    if (!store) throw new AvantLinkError("outbox.unavailable", { detail: "It is not open." });
    return store;
  }

  async function put(job: OutboxJob): Promise<PutResult> {
    const { redis, queue, jobs, runtime } = opened();
    const jobId = runtime.uuid();
    const deduplication = { id: deduplicationIdOf(job.key), ttl: REMEMBERED_MS };
    const adding = queue.add(job.kind, job.body, { jobId, deduplication, timestamp: job.acceptedAt, ...JOB });
    const added = await answered(redis, adding);
    if (added.id === jobId) return { status: "accepted" };
    return jobs.putLetter(job.key, job, { now: runtime.now(), newId: jobId });
  }

  return {
    name: "bullmq",
    durable: true,
    async open(runtime, problem) {
      opening ??= openStore(runtime, problem);
      try {
        await opening;
      } catch (cause) {
        opening = undefined;
        await close();
        throw cause;
      }
    },
    async put(job, { dead } = {}) {
      if (!dead) return put(job);
      const { jobs, runtime } = opened();
      return jobs.putLetter(job.key, { ...job, reason: dead }, { now: runtime.now(), newId: runtime.uuid() });
    },
    async run(deliver, { concurrency }) {
      const { connections, problem } = opened();
      const worker = await startWorker({
        redis: connections.forWorking(),
        queue: name,
        deliver,
        concurrency,
        problem,
      });
      endings.push(worker.end);
      return worker;
    },
    ...NOT_YET,
    find: async (key) => recordOf(key, await opened().jobs.state(key)),
    totals: async () => opened().jobs.totals(),
    dead: {
      list: async ({ limit = 100, offset = 0 } = {}) => opened().jobs.letters(limit, offset),
      retry: async (key, corrected) => opened().jobs.retry(key, corrected?.body, opened().runtime.now()),
      remove: async (key) => opened().jobs.remove(key),
    },
    async close() {
      await opening?.catch(() => {});
      opening = undefined;
      await close();
    },
  };
}

function redisConnection(value: unknown): string | undefined {
  const fits =
    (typeof value === "string" && value.trim() !== "") || (typeof value === "object" && value !== null);
  return fits ? undefined : 'expected "redis://…", the options of a connection, or an ioredis client';
}

function queueName(value: unknown): string | undefined {
  if (value === undefined || (typeof value === "string" && /^[\w-]+$/.test(value))) return undefined;
  return "expected a name of letters, digits, - and _";
}
