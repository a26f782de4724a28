import type { PendingRecord, Runtime, Verdict } from "@avantlink-s2s/core";
import type { Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { Leased, LeasingStore } from "../lease-worker.ts";
import { answered, connected } from "./connection.ts";
import type { OrderBook } from "./order-book.ts";
import { type Ticket, TRIED } from "./tickets.ts";

/** An order that is leased to this process. The ticket is locked by the same token that is the lease's version. */
export interface TicketLease {
  readonly record: PendingRecord;
  readonly token: string;
  readonly ticket: Ticket;
}

/** What leases are made of. */
export interface LeaseParts {
  readonly redis: Redis;
  readonly book: OrderBook;
  readonly worker: Worker<null, void>;
  readonly runtime: Runtime;
  readonly mendTickets: () => Promise<void> | undefined;
}

/**
 * Leases orders in the turn of their tickets: BullMQ gives a ticket, the book leases the ticket's order. The book
 * decides. If the process dies before the order is settled, BullMQ gives the ticket to another worker; if it dies
 * afterwards, that worker finds the ticket void.
 */
export function ticketLeases(parts: LeaseParts): LeasingStore<TicketLease> {
  const { redis, book, worker, runtime, mendTickets } = parts;
  let hasMore = false;

  async function next(): Promise<Leased<TicketLease> | undefined> {
    for (;;) {
      const token = runtime.uuid();
      const ticket: Ticket | undefined = await worker.getNextJob(token, { block: false });
      if (!ticket) return undefined;
      const claim = await book.claim(ticket.id ?? "", token);
      if (claim && "key" in claim) {
        const { status: _, lastAttempts: __, dueAt: ___, ...job } = claim;
        return { job, lease: { record: claim, token, ticket } };
      }
      await (claim ? postpone(ticket, claim.dueAt) : letGo(ticket));
    }
  }

  /** Where Redis fails amid several, those that were leased count. */
  async function several(count: number): Promise<Leased<TicketLease>[]> {
    const all = await Promise.allSettled(Array.from({ length: count }, next));
    const leased = all.flatMap((one) => (one.status === "fulfilled" && one.value ? [one.value] : []));
    const failed = all.find((one) => one.status === "rejected");
    if (failed && leased.length === 0) throw failed.reason;
    return leased;
  }

  /** Asks for one ticket first, so that a quiet queue is not asked for each place that is free. */
  async function take(limit: number): Promise<Leased<TicketLease>[]> {
    const leased = await several(hasMore ? limit : 1);
    if (leased.length === 1 && limit > 1 && !hasMore) leased.push(...(await several(limit - 1)));
    hasMore = leased.length === limit;
    return leased;
  }

  async function claim(limit: number): Promise<Leased<TicketLease>[]> {
    const mending = mendTickets();
    const leased = await take(limit);
    if (leased.length > 0 || !mending) return leased;
    await mending;
    return take(limit);
  }

  /** Redis gets what becomes of the order before what becomes of its ticket, and both in one go. */
  async function settle({ lease }: Leased<TicketLease>, verdict: Verdict): Promise<boolean> {
    await connected(redis);
    const { record, token, ticket } = lease;
    const settling = book.settle(record, token, verdict);
    const finishing = verdict.status === "retry" ? postpone(ticket, verdict.at) : letGo(ticket);
    const [isOwn] = await Promise.all([settling, finishing]);
    return isOwn;
  }

  // BullMQ knows no clock but the machine's.
  async function postpone(ticket: Ticket, at: number): Promise<void> {
    if (ticket.priority !== TRIED) await quietly(ticket.changePriority({ priority: TRIED }));
    await quietly(ticket.moveToDelayed(Date.now() + at - runtime.now(), ticket.token));
  }

  return {
    claim: (limit) => answered(redis, claim(limit)),
    settle: (leased, verdict) => answered(redis, settle(leased, verdict)),
    async release({ lease: { record, token, ticket } }) {
      await answered(redis, book.release(record, token));
      await quietly(ticket.moveToWait(token));
    },
  };
}

async function letGo(ticket: Ticket): Promise<void> {
  await quietly(ticket.moveToCompleted(undefined, ticket.token ?? "", false));
}

// Whatever fails with a ticket is made good later: BullMQ gives it out again when its lock has run out, and the book
// then decides. An order that has lost its ticket gets another.
async function quietly(work: Promise<unknown>): Promise<void> {
  await work.catch(() => {});
}
