import {
  AvantLinkError,
  type ClaimedJob,
  type Deliver,
  type DeliverDueResult,
  type Runtime,
  type Verdict,
} from "@avantlink-s2s/core";
import type { Worker } from "bullmq";
import { ANSWER_MS } from "./connection.ts";
import type { Leased, OrderBook } from "./order-book.ts";
import { redisFailure } from "./redis-failure.ts";
import { type Ticket, TRIED } from "./tickets.ts";

const AGAIN_MS = 500;
// A ticket that waited so long for its slot is left to BullMQ: its lock may run out before its order is leased.
const MAX_HELD_MS = 10_000;

/** What deliveries are made with. */
export interface DeliveryParts {
  readonly worker: Worker<string, void>;
  readonly book: OrderBook;
  readonly deliver: Deliver;
  readonly concurrency: number;
  readonly runtime: Runtime;
  readonly report: (error: AvantLinkError) => void;
  /** Whether a ticket is handed out only once, so that orders that are to be tried again at once do not go round. */
  readonly once?: boolean;
}

/**
 * Delivers what is due, in at most `concurrency` slots. A slot takes a ticket from BullMQ, leases the ticket's order
 * from the book, delivers the order, settles it in the book, and then lets go of the ticket. A slot ends when nothing
 * is due; {@link Deliveries.wake} opens another one.
 *
 * The book decides. If the process dies before the order is settled, BullMQ hands the ticket to another worker; if it
 * dies afterwards, that worker finds the ticket void. While Redis refuses a verdict, the slot stays taken.
 */
export class Deliveries {
  readonly #parts: DeliveryParts;
  readonly #slots = new Set<Promise<void>>();
  readonly #seen = new Set<string>();
  readonly #results = { delivered: 0, retrying: 0, dead: 0 };
  #wakes = 0;
  #stoppedAt: number | undefined;
  #isStalled = false;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  get results(): Omit<DeliverDueResult, "timedOut"> {
    return this.#results;
  }

  /** Something may be due. */
  wake(): void {
    this.#wakes += 1;
    this.#openSlot();
  }

  /** Begins no further delivery. */
  stop(): void {
    this.#stoppedAt ??= performance.now();
  }

  /** Resolves when no slot is open. */
  async idle(): Promise<void> {
    while (this.#slots.size > 0) await Promise.all(this.#slots);
  }

  #openSlot(): void {
    if (this.#stoppedAt !== undefined || this.#slots.size >= this.#parts.concurrency) return;
    const slot = this.#run().finally(() => this.#slots.delete(slot));
    this.#slots.add(slot);
  }

  async #run(): Promise<void> {
    let settled: Promise<unknown> | undefined;
    while (this.#stoppedAt === undefined) {
      const wakes = this.#wakes;
      const since = performance.now();
      // Asked for in one go with what settles the order before, but not begun until that order is settled.
      const ticket = await this.#nextTicket();
      await settled;
      if (ticket === "refused") return;
      if (ticket && performance.now() - since > MAX_HELD_MS) continue;
      if (ticket && this.#mayBegin(ticket)) {
        this.#openSlot();
        settled = (await this.#deliver(ticket)).settled;
      } else if (ticket) {
        await quietly(ticket.moveToWait(ticket.token));
      } else if (wakes === this.#wakes) return;
    }
    await settled;
  }

  async #nextTicket(): Promise<Ticket | undefined | "refused"> {
    const token = this.#parts.runtime.uuid();
    const next = await this.#try(() => this.#parts.worker.getNextJob(token, { block: false }));
    return next === undefined ? "refused" : next.value;
  }

  #mayBegin({ id = "" }: Ticket): boolean {
    if (this.#parts.once && this.#seen.has(id)) this.stop();
    this.#seen.add(id);
    return this.#stoppedAt === undefined;
  }

  /** Delivers a ticket's order. The order is settled later than the promise. */
  async #deliver(ticket: Ticket): Promise<{ readonly settled?: Promise<unknown> }> {
    const { book, runtime } = this.#parts;
    const claim = await this.#try(() =>
      book.claim(ticket.data, ticket.id ?? "", runtime.uuid(), runtime.now()),
    );
    if (!claim) return {};
    const { value: leased } = claim;
    if (!leased) return { settled: letGo(ticket) };
    if ("dueAt" in leased) return { settled: this.#postpone(ticket, leased.dueAt) };
    const verdict = await this.#verdictOn(leased);
    return verdict ? { settled: this.#settle(ticket, leased, verdict) } : {};
  }

  /** Redis gets what becomes of the order before what becomes of its ticket, and both in one go. */
  async #settle(ticket: Ticket, leased: Leased, verdict: Verdict): Promise<void> {
    const { book, runtime } = this.#parts;
    const settle = () => book.settle(leased, verdict, runtime.now());
    const isRetry = verdict.status === "retry";
    const finish = () => (isRetry ? this.#postpone(ticket, verdict.at) : letGo(ticket));
    const [first] = await Promise.all([this.#try(settle), finish()]);
    const settled = first ?? (await this.#insist(settle));
    if (!first) await finish();
    if (settled?.value) this.#results[isRetry ? "retrying" : verdict.status] += 1;
  }

  /** A delivery that breaks its promise costs its own order's lease, not the shop's process. */
  async #verdictOn({ record }: Leased): Promise<Verdict | undefined> {
    const { key, kind, orderNumber, body, acceptedAt, summary, attempts } = record;
    const job: ClaimedJob = { key, kind, orderNumber, body, acceptedAt, summary, attempts };
    try {
      return await this.#parts.deliver(job);
    } catch (cause) {
      this.#parts.report(new AvantLinkError("unexpected", { cause }));
      return undefined;
    }
  }

  /** BullMQ knows no clock but the machine's. */
  async #postpone(ticket: Ticket, at: number): Promise<void> {
    if (ticket.priority !== TRIED) await quietly(ticket.changePriority({ priority: TRIED }));
    await quietly(ticket.moveToDelayed(Date.now() + at - this.#parts.runtime.now(), ticket.token));
  }

  /** Repeats a write until Redis accepts it. A worker that was stopped gives up after a while. */
  async #insist<T>(write: () => Promise<T>): Promise<{ readonly value: T } | undefined> {
    for (;;) {
      const done = await this.#try(write);
      if (done) return done;
      if (this.#stoppedAt !== undefined && performance.now() - this.#stoppedAt > ANSWER_MS) return undefined;
      await new Promise<void>((resolve) => {
        this.#parts.runtime.after(AGAIN_MS, resolve, { keepAlive: true });
      });
    }
  }

  /** What Redis answers. That it does not is reported once, until it does again. */
  async #try<T>(asking: () => Promise<T>): Promise<{ readonly value: T } | undefined> {
    try {
      const value = await asking();
      this.#isStalled = false;
      return { value };
    } catch (cause) {
      if (!this.#isStalled) this.#parts.report(redisFailure(cause, "outbox.stalled"));
      this.#isStalled = true;
      return undefined;
    }
  }
}

// Whatever fails with a ticket is made good later: BullMQ hands it out again when its lock has run out, and the book
// then decides. An order that has lost its ticket gets another.
async function quietly(work: Promise<unknown>): Promise<void> {
  await work.catch(() => {});
}

async function letGo(ticket: Ticket): Promise<void> {
  await quietly(ticket.moveToCompleted(undefined, ticket.token ?? "", false));
}
