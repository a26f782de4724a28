import { AvantLinkError } from "@avantlink-s2s/core";
import type { Cluster, ClusterOptions, Redis, RedisOptions } from "ioredis";
import { pause } from "../pause.ts";
import { MAX_ANSWER_MS } from "../store-timeout.ts";
import { failureCode, redisFailure } from "./redis-failure.ts";

/** Where Redis is: ioredis's own options. */
export interface RedisAddress {
  /** @default "127.0.0.1" */
  readonly host?: string | undefined;
  /** @default 6379 */
  readonly port?: number | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** @default 0 */
  readonly db?: number | undefined;
  /** For a server that speaks TLS; `{}` will do with a public certificate. */
  readonly tls?: object | undefined;
  /** Any other option of ioredis. */
  readonly [option: string]: unknown;
}

/** An ioredis client, of a server or a cluster. The outbox makes connections of its own with the client's options. */
export interface RedisClient {
  duplicate(...options: never[]): unknown;
  defineCommand(...definition: never[]): unknown;
}

const POLL_MS = 50;

const backOff = (times: number) => Math.min(50 * times, 1_000);

// A command fails at once while there is no connection, and is never sent again through the next one: its caller has
// acted on the failure by then. After a failover the old address is a replica: connecting again finds the primary.
const OPTIONS: RedisOptions & Pick<ClusterOptions, "enableOfflineQueue"> = {
  lazyConnect: true,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  commandTimeout: MAX_ANSWER_MS,
  keyPrefix: "",
  stringNumbers: false,
  retryStrategy: backOff,
  reconnectOnError: (cause) => failureCode(cause) === "READONLY",
};

/** Makes a connection of the outbox's own, not yet connected. */
export async function connectionLike(given: string | RedisAddress | RedisClient): Promise<Redis> {
  const redis = isClient(given) ? duplicateOf(given) : await newClient(given);
  redis.on("error", (cause) => whyBroken.set(redis, cause));
  redis.on("ready", () => whyBroken.delete(redis));
  return redis;
}

function isClient(given: string | RedisAddress | RedisClient): given is RedisClient {
  return typeof given === "object" && typeof given.duplicate === "function";
}

function duplicateOf(given: RedisClient): Redis {
  const client = given as unknown as Redis | Cluster;
  if (!("nodes" in client)) return client.duplicate(OPTIONS);
  const { lazyConnect, enableOfflineQueue, retryStrategy, ...redisOptions } = OPTIONS;
  // The same commands are used of a cluster's client as of a server's.
  return client.duplicate([], {
    lazyConnect: true,
    enableOfflineQueue,
    clusterRetryStrategy: backOff,
    redisOptions,
  }) as unknown as Redis;
}

async function newClient(given: string | RedisAddress): Promise<Redis> {
  const { Redis } = await load(() => import("ioredis"), "ioredis");
  return typeof given === "string" ? new Redis(given, OPTIONS) : new Redis({ ...given, ...OPTIONS });
}

/** Loads a package that the shop installs for this outbox only. */
export async function load<T>(from: () => Promise<T>, name: string): Promise<T> {
  try {
    return await from();
  } catch {
    throw new AvantLinkError("outbox.no-driver", { detail: `Install ${name}.` });
  }
}

// Why there is no connection says more than that there is none.
const whyBroken = new WeakMap<Redis, unknown>();

/** Waits a while for a connection that is broken. */
export async function connected(redis: Redis): Promise<void> {
  const until = performance.now() + MAX_ANSWER_MS;
  while (redis.status !== "ready" && performance.now() < until) await pause(POLL_MS);
}

/**
 * What Redis answers. A connection on which Redis was silent is made anew: a server that goes on later still reads
 * what was sent through the old one.
 */
export async function answered<T>(redis: Redis, asking: Promise<T>): Promise<T> {
  try {
    return await asking;
  } catch (cause) {
    const isReady = redis.status === "ready";
    const isSilent = cause instanceof Error && cause.message === "Command timed out";
    if (isSilent && isReady && !("nodes" in redis)) redis.disconnect(true);
    throw redisFailure((isReady ? undefined : whyBroken.get(redis)) ?? cause);
  }
}
