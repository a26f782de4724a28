import type { AttemptRecord, Verdict } from "@avantlink-s2s/core";
import type { Leased, LeasingStore } from "../lease-worker.ts";
import { answered, connected } from "./connection.ts";
import type { Store } from "./store.ts";
import { type Ticket, TRIED } from "./tickets.ts";

/** Identifies a lease, with the ticket that the order was leased for. */
export interface TicketLease {
  readonly token: string;
  readonly ticket: Ticket;
  readonly lastAttempts: readonly AttemptRecord[];
}

/**
 * Leases orders in the turn of their tickets: BullMQ gives a ticket, the book leases the ticket's order. The book
 * decides. If the process dies before the order is settled, BullMQ gives the ticket to another worker; if it dies
 * afterwards, that worker finds the ticket void.
 */
export function ticketLeases(store: Store): LeasingStore<TicketLease> {
  const { redis, book, runtime } = store;
  let hasMore = false;

  async function next(): Promise<Leased<TicketLease> | undefined> {
    const worker = await store.worker();
    for (;;) {
      const ticket = await worker.getNextJob(runtime.uuid(), { block: false });
      if (!ticket) return undefined;
      const token = runtime.uuid();
      const claim = await book.claim(ticket.data, ticket.id ?? "", token, runtime.now());
      if (claim && "job" in claim) return { job: claim.job, lease: { ...claim, token, ticket } };
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

  async function claim(limit: number): Promise<Leased<TicketLease>[]> {
    const leased = await several(hasMore ? limit : 1);
    if (leased.length === 1 && limit > 1 && !hasMore) leased.push(...(await several(limit - 1)));
    hasMore = leased.length === limit;
    return leased;
  }

  /** Redis gets what becomes of the order before what becomes of its ticket, and both in one go. */
  async function settle({ job, lease }: Leased<TicketLease>, verdict: Verdict): Promise<boolean> {
    await connected(redis);
    const settling = book.settle(job, lease, verdict, runtime.now());
    const { ticket } = lease;
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
    async release({ job, lease }) {
      await answered(redis, book.release(job.key, lease.token, runtime.now()));
      await quietly(lease.ticket.moveToWait(lease.ticket.token));
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
