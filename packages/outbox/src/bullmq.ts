import {
  AvantLinkError,
  type DeadLetter,
  type DeadReason,
  type JobState,
  type Outbox,
  type OutboxJob,
  type PutResult,
  type Runtime,
} from "@avantlink-s2s/core";
import type { Queue, Worker } from "bullmq";
import type { Redis } from "ioredis";
import {
  type Connections,
  connectionsLike,
  load,
  type RedisAddress,
  type RedisClient,
  weaknesses,
  withRedis,
} from "./bullmq-connection.ts";
import { LIST_LETTERS, MARK_TRIED, PUT_LETTER, REMOVE_LETTER, STATE_OF, TOTALS } from "./bullmq-scripts.ts";
import { createProcessor, deduplicationIdOf, delayAfter, keyOf } from "./bullmq-worker.ts";
import { unavailable } from "./failure.ts";
import { checkOptions } from "./options.ts";

// In braces, so that all keys stand in one slot of a cluster.
const PREFIX = "{avantlink}";
const REMEMBERED_MS = 400 * 86_400_000;
// Half a minute after its worker died a job's lock is gone, and a sweep finds it within another quarter.
const LEASE_MS = 30_000;
const SWEEP_MS = 15_000;
// A deploy is no fault of the job that it interrupts, and when to give up is the tracker's to say.
const NO_LIMIT = 2 ** 30;
// Nothing stays of a delivered job; a dead one stays until somebody has looked at it.
const JOB = {
  attempts: NO_LIMIT,
  backoff: { type: "custom" },
  removeOnComplete: true,
  removeOnFail: false,
  stackTraceLimit: 0,
} as const;

/** The options of {@link bullmqOutbox}. */
export interface BullmqOutboxOptions {
  /** Redis: an address such as `redis://localhost:6379`, ioredis's options, or an ioredis client to take after. */
  readonly connection: string | RedisAddress | RedisClient;
  /** The queue's name; processes with the same one share their orders. @default "orders" */
  readonly queue?: string | undefined;
}

/** Open connections. */
interface Store {
  readonly redis: Redis;
  readonly queue: Queue<string, void>;
  readonly connections: Connections;
  readonly runtime: Runtime;
  readonly problem: (error: AvantLinkError) => void;
}

/** Keeps orders in Redis with BullMQ: for shops on several machines. Needs `bullmq` and `ioredis` beside it. */
export function bullmqOutbox(options: BullmqOutboxOptions): Outbox {
  checkOptions("bullmqOutbox", options, { connection: redisConnection, queue: queueName });
  const name = options.queue ?? "orders";
  const prefix = `${PREFIX}:${name}:`;
  const keys = (...names: string[]) => names.map((key) => prefix + key);
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
    store = { redis, queue, connections, runtime, problem };
    if (weak.length > 0)
      problem(new AvantLinkError("outbox.at-risk", { detail: `Redis: ${weak.join("; ")}.` }));
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

  async function ask<T>(script: string, scriptKeys: string[], ...values: (string | number)[]): Promise<T> {
    const { redis } = opened();
    try {
      return (await redis.eval(script, scriptKeys.length, ...scriptKeys, ...values)) as T;
    } catch (cause) {
      throw unavailable(cause);
    }
  }

  /** Makes something of a dead letter; see the script for what it answers. */
  function putLetter(
    key: string,
    letter: { kind: string; body?: string | undefined; acceptedAt: number; reason?: DeadReason | undefined },
  ): Promise<string | null> {
    const { runtime } = opened();
    const id = deduplicationIdOf(key);
    return ask(
      PUT_LETTER,
      keys(`de:${id}`, "failed", "delayed", "marker"),
      prefix,
      REMEMBERED_MS,
      runtime.now(),
      runtime.uuid(),
      JSON.stringify(JOB),
      id,
      letter.kind,
      letter.body === undefined ? "" : JSON.stringify(letter.body),
      letter.acceptedAt,
      letter.reason ? JSON.stringify(letter.reason) : "",
    );
  }

  async function put(job: OutboxJob): Promise<PutResult> {
    const { queue, runtime } = opened();
    const jobId = runtime.uuid();
    const deduplication = { id: deduplicationIdOf(job.key), ttl: REMEMBERED_MS };
    const added = await queue
      .add(job.kind, job.body, {
        jobId,
        deduplication,
        timestamp: job.acceptedAt,
        ...JOB,
      })
      .catch((cause: unknown) => {
        throw unavailable(cause);
      });
    return added.id === jobId ? { accepted: true } : taken(await putLetter(job.key, job));
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
      return dead ? taken(await putLetter(job.key, { ...job, reason: dead })) : put(job);
    },
    async run(deliver, { concurrency }) {
      const { connections, problem } = opened();
      const { Worker, DelayedError, UnrecoverableError } = await load(() => import("bullmq"), "bullmq");
      const redis = connections.forWorking();
      redis.on("error", () => {});
      const processor = createProcessor({
        deliver,
        errors: { DelayedError, UnrecoverableError },
        async markTried(job, token) {
          const id = job.id ?? "";
          await redis.eval(MARK_TRIED, 3, ...keys(id, `${id}:lock`, "tried"), token, id, job.timestamp);
        },
      });
      const worker = new Worker<string, void>(name, (job, token) => processor.process(job, token), {
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
      const end = async () => {
        await worker.close(true);
        redis.disconnect();
      };
      worker.on("completed", ({ id }) => processor.settled(id));
      watch(redis, worker, problem);
      try {
        // A worker whose connections break before they were ready never comes back to life.
        await withRedis(redis, worker.waitUntilReady());
      } catch (cause) {
        redis.disconnect();
        await end().catch(() => {});
        throw cause;
      }
      endings.push(end);
      worker.run().catch((cause: unknown) => problem(new AvantLinkError("unexpected", { cause })));
      return { stop: () => worker.close() };
    },
    async state(key) {
      const id = deduplicationIdOf(key);
      const state = await ask<string | null>(STATE_OF, keys(`de:${id}`, "failed"), prefix);
      return state === null ? undefined : jobState(state);
    },
    async totals() {
      const answer = await ask<readonly (string | number | null)[]>(
        TOTALS,
        keys(
          "wait",
          "paused",
          "active",
          "prioritized",
          "delayed",
          "failed",
          "metrics:completed",
          "tally",
          "tried",
        ),
        prefix,
      );
      const [pending = 0, dead = 0, delivered = 0, removed = 0] = answer.map(Number);
      const oldest = answer[4];
      return {
        accepted: pending + dead + delivered + removed,
        delivered,
        pending,
        dead,
        removed,
        oldestPendingAt: oldest === null ? undefined : Number(oldest),
      };
    },
    dead: {
      async list({ limit = 100, offset = 0 } = {}) {
        const rows = await ask<string[][]>(
          LIST_LETTERS,
          keys("failed"),
          prefix,
          offset,
          offset + limit - 1,
          REMEMBERED_MS,
        );
        return rows.map(letterOf);
      },
      async retry(key, body) {
        const acceptedAt = opened().runtime.now();
        return (await putLetter(key, { kind: "order", body, acceptedAt })) === "accepted";
      },
      async remove(key) {
        const id = deduplicationIdOf(key);
        return (await ask<number>(REMOVE_LETTER, keys(`de:${id}`, "failed", "tried", "tally"), prefix)) === 1;
      },
    },
    async close() {
      await opening?.catch(() => {});
      opening = undefined;
      await close();
    },
  };
}

/** Tells once that Redis is away, until it is back. */
function watch(redis: Redis, worker: Worker<string, void>, problem: (error: AvantLinkError) => void): void {
  let away = false;
  const tell = (cause: unknown) => {
    if (away || redis.status === "ready") return;
    away = true;
    problem(new AvantLinkError("outbox.stalled", { cause }));
  };
  redis.on("ready", () => {
    away = false;
  });
  redis.on("error", tell);
  // Told by the verdict that was not taken, too: a lease that was lost is no fault.
  worker.on("error", tell);
}

function taken(answer: string | null): PutResult {
  if (answer === "accepted") return { accepted: true };
  // The key was free again after 400 days, in this very moment.
  if (answer === null)
    throw new AvantLinkError("outbox.unavailable", { detail: "Its key has just expired." });
  return { accepted: false, state: jobState(answer) };
}

function jobState(state: string): JobState {
  return state === "pending" || state === "delivered" ? state : "dead";
}

function letterOf([id, kind, body, acceptedAt, attempts, reason, diedAt]: readonly (
  | string
  | null
)[]): DeadLetter {
  return {
    key: keyOf(id ?? ""),
    kind: kind === "rejected" ? kind : "order",
    body: JSON.parse(body ?? '""'),
    acceptedAt: Number(acceptedAt),
    // BullMQ counts the attempt at which a job died.
    attempts: Math.max(0, Number(attempts) - 1),
    reason: JSON.parse(reason ?? "{}"),
    diedAt: Number(diedAt),
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
