import type { AvantLinkError, ErrorCode } from "../errors.ts";
import type { Finding } from "../findings.ts";
import type { JobState } from "../outbox/outbox.ts";
import type { SkipReason } from "../reporting/skip-reasons.ts";

/** What became of an order, as far as the call waited for it. Closed: every `status` is listed here. */
export type Receipt = Accepted | Delivered | Duplicate | Skipped | Rejected | NotStored;

interface ReceiptOf<Status extends string, ShouldRetry extends boolean = false> {
  readonly status: Status;
  /** The order's number; `""` for a click, and where there was no order or none could be read. */
  readonly orderNumber: string;
  /** What is probably wrong with the order. It is sent all the same. */
  readonly findings: readonly Finding[];
  /**
   * Whether the order must be tracked again, because nothing was kept: answer 503 to a webhook, so that the payment
   * provider calls again. True exactly for `not-stored`.
   */
  readonly shouldRetry: ShouldRetry;
}

/** Stored in the outbox; it will be delivered. */
export type Accepted = ReceiptOf<"accepted">;

/** AvantLink confirmed it. */
export type Delivered = ReceiptOf<"delivered">;

/** This order number was accepted before; nothing is sent again. */
export interface Duplicate extends ReceiptOf<"duplicate"> {
  /** Where the first one stands. */
  readonly state: JobState;
}

/** Not sent, on purpose. Its order number stays free. */
export interface Skipped extends ReceiptOf<"skipped"> {
  /** Why: a reason of ours, or the text that the shop gave to `skip(reason)`. */
  readonly reason: SkipReason | (string & {});
}

/** The order itself cannot be sent. It is kept as a dead letter. A click is lost. */
export interface Rejected extends ReceiptOf<"rejected"> {
  readonly error: AvantLinkError;
}

/**
 * Nothing was kept: the outbox did not take the order in time or at all, the tracker is closed, or the transaction
 * cannot be joined.
 */
export interface NotStored extends ReceiptOf<"not-stored", true> {
  readonly error: AvantLinkError;
}

// Nothing of such an order is left in this process.
const GONE: ReadonlySet<string> = new Set([
  "outbox.full",
  "outbox.no-transaction",
  "tracker.closed",
  "unexpected",
] satisfies ErrorCode[]);

/** Whether an order may still be delivered by this process: from the outbox, or directly where the outbox failed. */
export function isUnderWay(receipt: Receipt): boolean {
  if (receipt.status === "not-stored") return !GONE.has(receipt.error.code);
  return receipt.status === "accepted";
}
