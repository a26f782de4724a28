import type { Queue, Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { Leased, LeasingStore } from "../lease-worker.ts";
import { answered, connected } from "./connection.ts";
import type { OrderBook, OrderLease } from "./order-book.ts";

/** BullMQ's queue of tickets: jobs that say whose turn it is. A ticket's ID is the key of an order in the {@link OrderBook}. */
export type TicketQueue = Queue<null, void>;

// BullMQ lets fresh tickets, which have no priority, go before those that have one.
const FRESH = 0;
const TRIED = 1;
// Tickets that are added at a time, if not more are asked for.
const MIN_DUE = 100;

function ticketOf(jobId: string, priority: number) {
  return {
    name: "order",
    data: null,
    opts: { jobId, ...(priority > FRESH && { priority }), removeOnComplete: true, removeOnFail: true },
  };
}

/** Hands the ticket of an order to BullMQ. A ticket that is there already stays as it is. */
export async function addTicket(queue: TicketQueue, key: string, priority = FRESH): Promise<void> {
  const { name, data, opts } = ticketOf(key, priority);
  await queue.add(name, data, opts);
}

/**
 * Leases orders in the turn of their tickets: BullMQ gives a ticket, the book leases the ticket's order, if it is due,
 * and the ticket has done its work. Where BullMQ has no more tickets, the book names the orders that are due all the
 * same: their time has come again, their worker died, or their ticket was lost.
 */
export function ticketLeases(
  redis: Redis,
  book: OrderBook,
  queue: TicketQueue,
  worker: Worker<null, void>,
  token: string,
): LeasingStore<OrderLease> {
  async function next(): Promise<Leased<OrderLease> | undefined> {
    for (;;) {
      const ticket = await worker.getNextJob(token, { block: false });
      if (!ticket) return undefined;
      // A ticket that stays for a failure is given out once more, and is void by then.
      const ending = ticket.moveToCompleted(undefined, token, false).catch(() => {});
      const [leased] = await Promise.all([book.claim(ticket.id ?? ""), ending]);
      if (leased) return leased;
    }
  }

  /** Asks for one ticket first, so that a quiet queue is not asked for each place that is free. */
  async function take(limit: number): Promise<Leased<OrderLease>[]> {
    const first = await next();
    if (!first) return [];
    const others = await Promise.allSettled(Array.from({ length: limit - 1 }, next));
    return [first, ...others.flatMap((one) => (one.status === "fulfilled" && one.value) || [])];
  }

  async function addDueTickets(limit: number): Promise<boolean> {
    const keys = await book.due(Math.max(limit, MIN_DUE));
    if (keys.length > 0) await queue.addBulk(keys.map((key) => ticketOf(key, TRIED)));
    return keys.length > 0;
  }

  async function claim(limit: number): Promise<readonly Leased<OrderLease>[]> {
    const leased = await take(limit);
    try {
      const left = limit - leased.length;
      if (left > 0 && (await addDueTickets(left))) leased.push(...(await take(left)));
    } catch (cause) {
      if (leased.length === 0) throw cause;
    }
    return leased;
  }

  return {
    claim: (limit) => answered(redis, claim(limit)),
    async settle({ lease }, verdict) {
      await connected(redis);
      return answered(redis, book.settle(lease, verdict));
    },
    async release({ job, lease }) {
      if (!(await answered(redis, book.release(lease)))) return;
      await addTicket(queue, job.key, lease.record.lastAttempts.length > 0 ? TRIED : FRESH).catch(() => {});
    },
  };
}
