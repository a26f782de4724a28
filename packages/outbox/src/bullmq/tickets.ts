import type { Job, Queue } from "bullmq";
import type { OrderBook, WaitingOrder } from "./order-book.ts";

/** A BullMQ job that says whose turn it is. Its data is the order's key; the order stands in the {@link OrderBook}. */
export type Ticket = Job<string, void>;
export type TicketQueue = Queue<string, void>;

/** BullMQ lets fresh tickets, which have no priority, go before those that have one. */
export const TRIED = 1;
/** How often BullMQ looks for tickets of workers that died, and the outbox for orders without a ticket. */
export const SWEEP_MS = 15_000;
const PAGE = 500;

/** Hands a ticket to BullMQ. A ticket that is there already stays as it is. */
export async function addTicket(
  queue: TicketQueue,
  ticket: string,
  key: string,
  place: { readonly priority?: number; readonly delay?: number } = {},
): Promise<void> {
  await queue.add("order", key, { jobId: ticket, ...place, removeOnComplete: true, removeOnFail: true });
}

/**
 * Gives a ticket to each order that has none: the process was killed between storing the order and adding its ticket,
 * or the queue was emptied by BullMQ's own tools. With `clockWentBack`, also makes those orders due that the clock
 * would delay by more than their own delay.
 */
export async function mendTickets(
  queue: TicketQueue,
  book: OrderBook,
  { now, clockWentBack }: { readonly now: number; readonly clockWentBack: boolean },
): Promise<void> {
  const counted = queue.getJobCountByTypes("waiting", "prioritized", "delayed", "active");
  const [orders, tickets] = await Promise.all([book.size(), counted]);
  const areMissing = orders > tickets;
  if (!areMissing && !clockWentBack) return;
  for (let offset = 0; ; offset += PAGE) {
    const page = await book.unleased({ offset, limit: PAGE }, now);
    if (!page) return;
    const some = page.filter(({ isOverdue }) => areMissing || isOverdue);
    await Promise.all(some.map((order) => mend(queue, order, now)));
  }
}

async function mend(queue: TicketQueue, order: WaitingOrder, now: number): Promise<void> {
  const { key, ticket, isTried, dueAt, isOverdue } = order;
  const job = await queue.getJob(ticket);
  const delay = isOverdue ? 0 : Math.max(0, dueAt - now);
  if (!job) await addTicket(queue, ticket, key, isTried ? { priority: TRIED, delay } : {});
  // A ticket that is not delayed is on its way already.
  else if (isOverdue) await job.promote().catch(() => {});
}
