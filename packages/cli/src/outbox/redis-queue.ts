import { createRequire } from "node:module";
import { AvantLinkError } from "@avantlink-s2s/core";
import { clock } from "../clock.ts";

// As long as the outbox itself waits for Redis.
const PATIENCE_MS = 2_500;

/** What is used of an ioredis client. */
interface RedisClient {
  on(event: "error", listener: (cause: Error) => void): unknown;
  connect(): Promise<unknown>;
  exists(key: string): Promise<number>;
  disconnect(): void;
}

interface Driver {
  readonly Redis: new (url: string, options: object) => RedisClient;
}

/**
 * Whether a shop has opened this queue in a Redis. Opening it would make it; looking leaves nothing behind. Fails with
 * what kept Redis from answering.
 */
export async function isInRedis(url: string, queue: string): Promise<boolean> {
  const { Redis } = driver();
  const redis = new Redis(url, {
    lazyConnect: true,
    // An answer is wanted now, or none. Whether the server is ready is told by its answer.
    retryStrategy: () => null,
    enableReadyCheck: false,
    // Nothing is under way that the end of the connection should wait for.
    disconnectTimeout: 0,
  });
  // Why Redis cannot be reached says more than that the connection is closed.
  let failure: Error | undefined;
  redis.on("error", (cause) => {
    failure ??= cause;
  });
  const cancel = clock.after(PATIENCE_MS, () => {
    failure ??= new Error("it does not answer");
    redis.disconnect();
  });
  try {
    await redis.connect();
    // The outbox writes this key when a queue is opened.
    return (await redis.exists(`{avantlink}.${queue}:counts`)) === 1;
  } catch (cause) {
    throw failure ?? cause;
  } finally {
    cancel();
    redis.disconnect();
  }
}

/** The ioredis that the outbox uses, which need not be within this package's own reach. */
function driver(): Driver {
  const fromOutbox = createRequire(import.meta.resolve("@avantlink-s2s/outbox/bullmq"));
  try {
    return fromOutbox("ioredis");
  } catch (cause) {
    throw new AvantLinkError("outbox.no-driver", { detail: "Install ioredis.", cause });
  }
}
