import { AvantLinkError, type Runtime } from "@avantlink-s2s/core";
import type { Worker } from "bullmq";
import type { Redis } from "ioredis";
import { connectionLike, inTime, load, type RedisAddress, type RedisClient } from "./connection.ts";
import { LEASE_MS, OrderBook, PREFIX } from "./order-book.ts";
import { weakSettings } from "./server-settings.ts";
import { addTicket, SWEEP_MS, type TicketQueue } from "./tickets.ts";

// However many workers die with a ticket, that is no fault of the order's.
const NO_LIMIT = 2 ** 30;

/** What an outbox is opened with. */
export interface StoreParts {
  readonly connection: string | RedisAddress | RedisClient;
  readonly queue: string;
  readonly runtime: Runtime;
  readonly report: (error: AvantLinkError) => void;
}

/** Open connections to one queue, and its orders. */
export interface Store extends StoreParts {
  readonly redis: Redis;
  readonly book: OrderBook;
  readonly tickets: TicketQueue;
  /** The worker that takes tickets. It makes one more connection, so it is made when it is first asked for. */
  worker(): Promise<Worker<string, void>>;
  /** Adds the ticket of an order that is stored. If that fails, the next sweep of a worker adds the ticket. */
  addTicketSoon(ticket: string, key: string, added: () => void): void;
  close(): Promise<void>;
}

/** Connects, or rejects in time and leaves no connection behind. */
export async function openStore(parts: StoreParts): Promise<Store> {
  const { queue: name, report } = parts;
  const { Queue, Worker: BullWorker } = await load(() => import("bullmq"), "bullmq");
  const redis = await connectionLike(parts.connection);
  const book = new OrderBook(redis, name);
  const adding = new Set<Promise<void>>();
  let tickets: TicketQueue | undefined;
  let opening: Promise<Worker<string, void>> | undefined;

  async function openWorker(): Promise<Worker<string, void>> {
    const worker = new BullWorker<string, void>(name, null, {
      connection: redis,
      prefix: PREFIX,
      autorun: false,
      lockDuration: LEASE_MS,
      stalledInterval: SWEEP_MS,
      maxStalledCount: NO_LIMIT,
      skipVersionCheck: true,
    });
    worker.on("error", () => {});
    try {
      // Nothing waits on its second connection: tickets are asked for.
      await inTime(
        redis,
        worker.waitUntilReady().then(() => worker.getBackend().disconnectBlocking()),
      );
      return worker;
    } catch (cause) {
      await worker.close(true);
      opening = undefined;
      throw cause;
    }
  }

  async function close(): Promise<void> {
    await Promise.all(adding);
    const worker = await opening?.catch(() => undefined);
    // By force: a worker that waits for a Redis that is away would wait for good.
    await worker?.close(true).catch(() => {});
    await tickets?.close().catch(() => {});
    redis.disconnect();
  }

  try {
    await inTime(redis, redis.connect());
    tickets = new Queue(name, {
      connection: redis,
      prefix: PREFIX,
      streams: { events: { maxLen: 100 } },
      skipVersionCheck: true,
    });
    tickets.on("error", () => {});
    await inTime(redis, Promise.all([tickets.waitUntilReady(), book.checkWritable()]));
    const weak = await inTime(redis, weakSettings(redis));
    if (weak.length > 0)
      report(new AvantLinkError("outbox.at-risk", { detail: `Redis: ${weak.join("; ")}.` }));
  } catch (cause) {
    await close();
    throw cause;
  }
  const queue = tickets;
  return {
    ...parts,
    redis,
    book,
    tickets: queue,
    worker() {
      opening ??= openWorker();
      return opening;
    },
    addTicketSoon(ticket, key, added) {
      const work: Promise<void> = addTicket(queue, ticket, key)
        .then(added, () => {})
        .finally(() => adding.delete(work));
      adding.add(work);
    },
    close,
  };
}
