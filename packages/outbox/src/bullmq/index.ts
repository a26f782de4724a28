import { AvantLinkError, type Outbox, type Runtime } from "@avantlink-s2s/core";
import { type LeaseWorkers, leaseWorkers } from "../lease-worker.ts";
import { checkOptions } from "../options.ts";
import { inTime } from "../store-timeout.ts";
import { answered, connectionLike, load, type RedisAddress, type RedisClient } from "./connection.ts";
import { OrderBook, PREFIX } from "./order-book.ts";
import { type ScriptedRedis, withScripts } from "./scripts.ts";
import { weakSettings } from "./server-settings.ts";
import { addTicket, type TicketQueue, ticketLeases } from "./tickets.ts";

/** The options of {@link bullmqOutbox}. */
export interface BullmqOutboxOptions {
  /**
   * Redis: an address such as `redis://localhost:6379`, ioredis's options, or an ioredis client. The outbox makes
   * connections of its own with a client's options.
   */
  readonly connection: string | RedisAddress | RedisClient;
  /** The queue's name. Processes with the same name share their orders. @default "orders" */
  readonly queue?: string | undefined;
}

export type { RedisAddress, RedisClient };

interface OpenOutbox {
  readonly redis: ScriptedRedis;
  readonly book: OrderBook;
  readonly tickets: TicketQueue;
  readonly workers: LeaseWorkers;
  close(): Promise<void>;
}

// A process has a ticket for an instant. If it dies in it, BullMQ gives the ticket out again within 30 seconds,
// however often that has happened to it.
const TICKETS = { lockDuration: 10_000, stalledInterval: 10_000, maxStalledCount: 2 ** 30 };

/** Keeps orders in Redis and delivers them in turn by BullMQ: for shops on several machines. */
export function bullmqOutbox(options: BullmqOutboxOptions): Outbox {
  checkOptions("bullmqOutbox", options, { connection: redisConnection, queue: queueName });
  let opening: Promise<OpenOutbox> | undefined;
  let open: OpenOutbox | undefined;

  function opened(): OpenOutbox {
    if (!open) throw new AvantLinkError("outbox.unavailable", { detail: "It is not open." });
    return open;
  }

  async function ask<T>(asking: (book: OrderBook) => Promise<T>): Promise<T> {
    const { redis, book } = opened();
    return answered(redis, asking(book));
  }

  /** If this fails, a worker adds the ticket. */
  function addTicketSoon(key: string): void {
    const { tickets, workers } = opened();
    addTicket(tickets, key).then(workers.wake, () => {});
  }

  return {
    name: "bullmq",
    durable: true,
    async open(runtime, report) {
      opening ??= openOutbox(options, runtime, report);
      try {
        open = await opening;
      } catch (cause) {
        opening = undefined;
        throw cause;
      }
    },
    async put(job, { dead } = {}) {
      const putting = ask((book) => book.put(job, dead));
      // Sent with the order, right behind it. The ticket of an order that is not accepted is void.
      if (!dead && open) addTicketSoon(job.key);
      return putting;
    },
    run: async (deliver, { concurrency }) => opened().workers.run(deliver, concurrency),
    deliverDue: async (deliver, due) => opened().workers.deliverDue(deliver, due),
    find: (key) => ask((book) => book.find(key)),
    waiting: { list: (page) => ask((book) => book.waiting(page)) },
    dead: {
      list: (page) => ask((book) => book.dead(page)),
      async retry(key, corrected) {
        const revived = await ask((book) => book.revive(key, corrected));
        if (revived) addTicketSoon(key);
        return revived;
      },
      remove: (key) => ask((book) => book.remove(key)),
    },
    settled: { list: (accepted) => ask((book) => book.settled(accepted)) },
    forget: (key) => ask((book) => book.forget(key)),
    totals: () => ask((book) => book.totals()),
    async close() {
      const last = await opening?.catch(() => undefined);
      opening = undefined;
      open = undefined;
      await last?.close();
    },
  };
}

/** Connects, or rejects in time and leaves no connection behind. */
async function openOutbox(
  { connection, queue: name = "orders" }: BullmqOutboxOptions,
  runtime: Runtime,
  report: (error: AvantLinkError) => void,
): Promise<OpenOutbox> {
  const { Queue, Worker } = await load(() => import("bullmq"), "bullmq");
  const redis = withScripts(await connectionLike(connection));
  const book = new OrderBook(redis, name, runtime);
  const ending: (() => Promise<void>)[] = [async () => redis.disconnect()];

  async function close(): Promise<void> {
    for (const end of ending.reverse()) await end().catch(() => {});
  }

  async function connect(): Promise<OpenOutbox> {
    await redis.connect();
    await book.open();
    const shared = { connection: redis, prefix: PREFIX, skipVersionCheck: true };
    const tickets: TicketQueue = new Queue(name, { ...shared, streams: { events: { maxLen: 100 } } });
    ending.push(() => tickets.close());
    const worker = new Worker<null, void>(name, null, { ...shared, ...TICKETS, autorun: false });
    // By force: a worker that waits for a Redis that is away would wait for good.
    ending.push(() => worker.close(true));
    tickets.on("error", () => {});
    worker.on("error", () => {});
    await Promise.all([tickets.waitUntilReady(), worker.waitUntilReady()]);
    await worker.startStalledCheckTimer();
    const weak = await weakSettings(redis);
    if (weak.length > 0)
      report(new AvantLinkError("outbox.at-risk", { detail: `Redis: ${weak.join("; ")}.` }));
    const leases = ticketLeases(redis, book, tickets, worker, runtime.uuid());
    return { redis, book, tickets, workers: leaseWorkers(leases, runtime, report), close };
  }

  try {
    return await inTime(answered(redis, connect()), "Redis");
  } catch (cause) {
    await close();
    throw cause;
  }
}

// The value may hold a password, so no message repeats it.
function redisConnection(value: unknown): string | undefined {
  const expected = 'expected "redis://…" or "rediss://…", the options of a connection, or an ioredis client';
  if (typeof value !== "string") return typeof value === "object" && value !== null ? undefined : expected;
  const isSocket = value.startsWith("/") && !value.startsWith("//");
  return isSocket || (/^rediss?:\/\//i.test(value) && URL.canParse(value)) ? undefined : expected;
}

function queueName(value: unknown): string | undefined {
  if (value === undefined || (typeof value === "string" && /^[\w-]+$/.test(value))) return undefined;
  return "expected a name of letters, digits, - and _";
}
