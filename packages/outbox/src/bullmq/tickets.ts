import type { Runtime } from "@avantlink-s2s/core";
import type { Job, Queue } from "bullmq";
import type { OpenOrder, OrderBook } from "./order-book.ts";

/** A BullMQ job that says whose turn it is. Its ID is the order's key; the order stands in the {@link OrderBook}. */
export type Ticket = Job<null, void>;
export type TicketQueue = Queue<null, void>;

/** BullMQ lets fresh tickets, which have no priority, go before those that have one. */
export const TRIED = 1;
/** How often BullMQ looks for tickets of workers that died, and the outbox for orders without a ticket. */
export const SWEEP_MS = 15_000;

// Machines correct their clocks by less than this all the time.
const CLOCK_TOLERANCE_MS = 1_000;
const PAGE = 100;

/** Hands the ticket of an order to BullMQ. A ticket that is there already stays as it is. */
export async function addTicket(queue: TicketQueue, key: string, delay = 0): Promise<void> {
  const place = delay > 0 ? { delay, priority: TRIED } : {};
  await queue.add("order", null, { jobId: key, ...place, removeOnComplete: true, removeOnFail: true });
}

/**
 * Gives a ticket to each order that has none: the process was killed between storing the order and adding its ticket,
 * or the queue was emptied by BullMQ's own tools. After the clock was set back, also makes those orders due that the
 * clock would delay by more than their own delay. Returns what does that, if it is time; call it as often as you like.
 */
export function ticketMender(
  queue: TicketQueue,
  book: OrderBook,
  runtime: Runtime,
): () => Promise<void> | undefined {
  let mendedAt: number | undefined;
  let lastNow = 0;

  async function mend(clockWentBack: boolean): Promise<void> {
    const counted = queue.getJobCountByTypes("waiting", "prioritized", "delayed", "active");
    const [{ pending }, tickets] = await Promise.all([book.totals(), counted]);
    const areMissing = pending > tickets;
    if (!areMissing && !clockWentBack) return;
    for (let offset = 0; ; offset += PAGE) {
      const orders = await book.list("waiting", { offset, limit: PAGE });
      if (orders.length === 0) return;
      const some = orders.filter(({ isSending, isLate }) => !isSending && (areMissing || isLate));
      await Promise.all(some.map(mendOne));
    }
  }

  async function mendOne({ record, isLate }: OpenOrder): Promise<void> {
    if (record.status !== "pending") return;
    const ticket = await queue.getJob(record.key);
    if (!ticket) await addTicket(queue, record.key, isLate ? 0 : record.dueAt - runtime.now());
    // A ticket that is not delayed is on its way already.
    else if (isLate) await ticket.promote().catch(() => {});
  }

  return () => {
    const now = runtime.now();
    // The clock may have been set back before this process began.
    const clockWentBack = mendedAt === undefined || now < lastNow - CLOCK_TOLERANCE_MS;
    lastNow = now;
    if (!clockWentBack && now - (mendedAt ?? 0) < SWEEP_MS) return undefined;
    mendedAt = now;
    // Where Redis is away, claiming fails too, and that is reported.
    return mend(clockWentBack).catch(() => {});
  };
}
