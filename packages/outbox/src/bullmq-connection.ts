import { AvantLinkError } from "@avantlink-s2s/core";
import type { Cluster, Redis, RedisOptions } from "ioredis";
import { unavailable } from "./failure.ts";
import { inTime, PATIENCE_MS } from "./in-time.ts";
import { pause } from "./pause.ts";

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

/** An ioredis client, of a server or a cluster. It is only copied: the outbox has connections of its own. */
export interface RedisClient {
  duplicate(...options: never[]): unknown;
  defineCommand(...definition: never[]): unknown;
}

// Whoever puts an order is told within three seconds that Redis is away, and a command is not kept for later.
const FOR_PUTTING: RedisOptions = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  commandTimeout: PATIENCE_MS,
};
// A worker waits for Redis as long as it takes.
const FOR_WORKING: RedisOptions = { maxRetriesPerRequest: null, commandTimeout: undefined };

/** Connections like the one described, not yet connected. */
export interface Connections {
  forPutting(): Redis;
  forWorking(): Redis;
}

/** Reads what the shop gave: an address, options or a client. */
export async function connectionsLike(given: string | RedisAddress | RedisClient): Promise<Connections> {
  const make = await maker(given);
  return {
    forPutting: () => make({ ...FOR_PUTTING, lazyConnect: true }),
    forWorking: () => make({ ...FOR_WORKING, lazyConnect: true }),
  };
}

async function maker(given: string | RedisAddress | RedisClient): Promise<(options: RedisOptions) => Redis> {
  if (isClient(given)) {
    // Of a cluster's client the same is used as of a server's.
    const client = given as unknown as Redis | Cluster;
    return ({ lazyConnect, ...redisOptions }) =>
      "nodes" in client
        ? (client.duplicate([], { lazyConnect, redisOptions }) as unknown as Redis)
        : client.duplicate({ lazyConnect, ...redisOptions });
  }
  const { Redis } = await load(() => import("ioredis"), "ioredis");
  return (options) =>
    typeof given === "string" ? new Redis(given, options) : new Redis({ ...given, ...options });
}

function isClient(given: string | RedisAddress | RedisClient): given is RedisClient {
  return typeof given === "object" && typeof given.duplicate === "function";
}

/** A package that the shop installs only for this outbox. */
export async function load<T>(from: () => Promise<T>, name: string): Promise<T> {
  try {
    return await from();
  } catch (cause) {
    throw new AvantLinkError("outbox.no-driver", { detail: `Install ${name}.`, cause });
  }
}

/** Something that needs Redis, in time. Why Redis cannot be reached says more than what came of that. */
export async function withRedis<T>(redis: Redis, work: Promise<T>): Promise<T> {
  let lastError: unknown;
  const listen = (cause: unknown) => {
    lastError = cause;
  };
  redis.on("error", listen);
  try {
    return await inTime(work, "Redis");
  } catch (cause) {
    throw lastError === undefined ? cause : unavailable(lastError);
  } finally {
    redis.off("error", listen);
  }
}

/**
 * What Redis answers to whoever puts. Where it was silent for too long, the connection is made anew: what is asked
 * through the old one is still read when Redis goes on, long after it was refused.
 */
export async function answered<T>(redis: Redis, asking: Promise<T>): Promise<T> {
  try {
    return await asking;
  } catch (cause) {
    if (cause instanceof Error && cause.message === "Command timed out") connectAnew(redis);
    throw unavailable(cause);
  }
}

function connectAnew(redis: Redis): void {
  const { options } = redis;
  // A cluster's client has connections of its own making. Many commands are late at the same moment.
  if ("nodes" in redis || redis.status !== "ready" || options.maxRetriesPerRequest === 0) return;
  // Else ioredis asks again, through the new connection, what was refused already.
  options.maxRetriesPerRequest = 0;
  redis.once("ready", () => {
    options.maxRetriesPerRequest = FOR_PUTTING.maxRetriesPerRequest;
  });
  redis.disconnect(true);
}

/** What is used of a connection to begin and to end it. */
export interface Connection {
  readonly status: string;
  connect(): Promise<unknown>;
  disconnect(): void;
}

/** Whether a connection can be had in time. One that waits for its next attempt is not let wait. */
export async function awake(connection: Connection): Promise<boolean> {
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await pause(20)) {
    if (["ready", "connect", "end"].includes(connection.status)) return true;
    if (connection.status === "reconnecting") connection.connect().catch(() => {});
  }
  return false;
}

/**
 * Ends a connection, and what was asked through it. One that waits for its next attempt to connect only ever ends
 * within an attempt: without one, whoever waits for its end, as BullMQ does, waits for good.
 */
export function endNow(connection: Connection): void {
  if (connection.status === "reconnecting") connection.connect().catch(() => {});
  if (connection.status !== "end") connection.disconnect();
}

/** What of the server's own settings may lose what it took, in words; nothing where the server does not tell. */
export async function weaknesses(redis: Redis): Promise<readonly string[]> {
  const read = async (names: string) => pairs(await redis.config("GET", names).catch(() => []));
  const settings = { ...(await read("append*")), ...(await read("maxmemory*")) };
  const found: string[] = [];
  if (settings.appendonly === "no") found.push("appendonly is no: a restart loses orders; set it to yes");
  else if (settings.appendfsync !== undefined && settings.appendfsync !== "always") {
    found.push(`appendfsync is ${settings.appendfsync}: a power cut loses the last second; set it to always`);
  }
  const policy = settings["maxmemory-policy"];
  if (policy !== undefined && policy !== "noeviction" && settings.maxmemory !== "0") {
    found.push(`maxmemory-policy is ${policy}: a full memory drops orders; set it to noeviction`);
  }
  return found;
}

// A list on Redis's older protocol, a map on the newer.
function pairs(answer: unknown): Readonly<Record<string, string>> {
  if (!Array.isArray(answer)) return { ...(answer as Record<string, string>) };
  return Object.fromEntries(answer.flatMap((name, index) => (index % 2 ? [] : [[name, answer[index + 1]]])));
}
