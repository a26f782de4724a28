import { createRequire } from "node:module";
import { AvantLinkError } from "@avantlink-s2s/core";
import type { FoundOutbox } from "./found-outbox.ts";
import { cannotConnect, noOutbox, placeOf } from "./server-address.ts";

// As long as the outbox itself waits for Redis.
const MAX_WAIT_MS = 2_500;

/** The part of an ioredis client that is used here. */
interface RedisClient {
  on(event: "error", listener: (cause: Error) => void): unknown;
  connect(): Promise<unknown>;
  exists(key: string): Promise<number>;
  disconnect(): void;
}

interface Driver {
  readonly Redis: new (url: string, options: object) => RedisClient;
}

/** The outbox that BullMQ keeps in a Redis, by default in the queue that `bullmqOutbox` uses by default. */
export async function outboxOnRedis(url: string, queue = "orders"): Promise<FoundOutbox> {
  const place = placeOf(url, ["redis:", "rediss:"], "redis://localhost:6379");
  const { bullmqOutbox } = await import("@avantlink-s2s/outbox/bullmq");
  const outbox = bullmqOutbox({ connection: url, queue });
  const isThere = await isInRedis(url, queue).catch((cause: unknown) => {
    if (cause instanceof AvantLinkError) throw cause;
    throw cannotConnect(place, "Redis", cause);
  });
  if (!isThere) throw noOutbox(`There is no queue "${queue}" at ${place}.`, "queue");
  return { outbox, place };
}

/** Whether a shop has opened this queue. Asked of Redis, because opening the queue would create it. */
async function isInRedis(url: string, queue: string): Promise<boolean> {
  const { Redis } = driver();
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: MAX_WAIT_MS,
    commandTimeout: MAX_WAIT_MS,
    // One attempt: the command fails now rather than waiting for the server.
    retryStrategy: () => null,
    enableReadyCheck: false,
    disconnectTimeout: 0,
  });
  // The first error says why Redis can't be reached; a later one says only that the connection is closed.
  const errors: Error[] = [];
  redis.on("error", (error) => errors.push(error));
  try {
    await redis.connect();
    // The outbox writes this key when a queue is opened.
    return (await redis.exists(`{avantlink}.${queue}:counts`)) === 1;
  } catch (cause) {
    throw errors[0] ?? cause;
  } finally {
    redis.disconnect();
  }
}

/** The ioredis of the outbox, which need not be installed beside this package. */
function driver(): Driver {
  const fromOutbox = createRequire(import.meta.resolve("@avantlink-s2s/outbox/bullmq"));
  try {
    return fromOutbox("ioredis");
  } catch (cause) {
    throw new AvantLinkError("outbox.no-driver", { detail: "Install ioredis.", cause });
  }
}
