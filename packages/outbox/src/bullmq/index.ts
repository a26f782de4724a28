import { setImmediate } from "node:timers/promises";
import {
  AvantLinkError,
  type Outbox,
  type OutboxJob,
  type PutOptions,
  type PutResult,
  type Runtime,
} from "@avantlink-s2s/core";
import { type LeaseWorkers, leaseWorkers } from "../lease-worker.ts";
import { checkOptions } from "../options.ts";
import { answered, type RedisAddress, type RedisClient } from "./connection.ts";
import { openStore, type Store } from "./store.ts";
import { startSweeps } from "./sweep.ts";
import { ticketLeases } from "./ticket-leases.ts";
import { mendTickets } from "./tickets.ts";

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

interface OpenOutbox extends Store {
  readonly workers: LeaseWorkers;
}

/** Keeps orders in Redis and delivers them in turn by BullMQ: for shops on several machines. */
export function bullmqOutbox(options: BullmqOutboxOptions): Outbox {
  checkOptions("bullmqOutbox", options, { connection: redisConnection, queue: queueName });
  const { connection, queue = "orders" } = options;
  let opening: Promise<OpenOutbox> | undefined;
  let store: OpenOutbox | undefined;
  const wake = () => store?.workers.wake();

  async function open(runtime: Runtime, report: (error: AvantLinkError) => void): Promise<OpenOutbox> {
    const made = await openStore({ connection, queue, runtime, report });
    return { ...made, workers: leaseWorkers(ticketLeases(made), runtime, report) };
  }

  function opened(): OpenOutbox {
    if (!store) throw new AvantLinkError("outbox.unavailable", { detail: "It is not open." });
    return store;
  }

  async function ask<T>(asking: (open: OpenOutbox) => Promise<T>): Promise<T> {
    const now = opened();
    return answered(now.redis, asking(now));
  }

  async function put(job: OutboxJob, { dead }: PutOptions = {}): Promise<PutResult> {
    const { book, runtime, addTicketSoon } = opened();
    const ticket = runtime.uuid();
    const result = await ask(() => book.put(job, ticket, runtime.now(), dead));
    if (result.status === "accepted" && !dead) addTicketSoon(ticket, job.key, wake);
    return result;
  }

  return {
    name: "bullmq",
    durable: true,
    async open(runtime, report) {
      opening ??= open(runtime, report);
      try {
        store = await opening;
      } catch (cause) {
        opening = undefined;
        throw cause;
      }
    },
    put,
    async run(deliver, { concurrency }) {
      const { workers, worker } = opened();
      await (await worker()).startStalledCheckTimer();
      const running = workers.run(deliver, concurrency);
      const endSweeps = startSweeps(opened(), wake);
      return {
        async stop() {
          await Promise.all([endSweeps(), running.stop()]);
        },
      };
    },
    async deliverDue(deliver, due) {
      const { book, tickets, runtime, worker, workers } = opened();
      if ((await ask(() => book.size())) === 0)
        return { delivered: 0, retrying: 0, dead: 0, timedOut: false };
      // Redis answers in turn: what a killed worker left behind is handed out before the first ticket is asked for.
      await (await worker()).startStalledCheckTimer();
      await setImmediate();
      await ask(() => mendTickets(tickets, book, { now: runtime.now(), clockWentBack: true }));
      return workers.deliverDue(deliver, due);
    },
    find: (key) => ask(({ book }) => book.find(key)),
    waiting: { list: (page) => ask(({ book }) => book.waiting(page)) },
    dead: {
      list: (page) => ask(({ book }) => book.dead(page)),
      async retry(key, corrected) {
        const { book, runtime, addTicketSoon } = opened();
        const ticket = runtime.uuid();
        const revived = await ask(() => book.revive(key, ticket, runtime.now(), corrected));
        if (revived) addTicketSoon(ticket, key, wake);
        return revived;
      },
      remove: async (key) =>
        (await ask(({ book, runtime }) => book.erase(key, runtime.now(), "dead"))).status === "removed",
    },
    async forget(key) {
      const { book, runtime, tickets } = opened();
      const { ticket, ...result } = await ask(() => book.erase(key, runtime.now(), "any"));
      // A void ticket is harmless, but it could be there for hours.
      if (ticket) await tickets.remove(ticket).catch(() => {});
      return result;
    },
    settled: {
      async list(accepted) {
        return opened().book.settled(accepted);
      },
    },
    totals: () => ask(({ book }) => book.totals()),
    async close() {
      const open = await opening?.catch(() => undefined);
      opening = undefined;
      store = undefined;
      await open?.close();
    },
  };
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
