import type { AvantLinkError } from "../errors.ts";
import type { Finding } from "../findings.ts";
import type { JobState } from "../outbox/outbox.ts";
import type { SkipReason } from "../reporting/events.ts";

/** What became of an order, as far as the call waited for it. Closed: every `status` is listed here. */
export type Receipt = Accepted | Delivered | Duplicate | Skipped | Rejected;

interface ReceiptBase {
  /** The order's number; `""` for a click, and where there was no order or none could be read. */
  readonly orderNumber: string;
  /** What is probably wrong with the order. It is sent all the same. */
  readonly findings: readonly Finding[];
}

/** Stored in the outbox; it will be delivered. */
export interface Accepted extends ReceiptBase {
  readonly status: "accepted";
}

/** AvantLink confirmed it. */
export interface Delivered extends ReceiptBase {
  readonly status: "delivered";
}

/** This order number was accepted before; nothing is sent again. */
export interface Duplicate extends ReceiptBase {
  readonly status: "duplicate";
  /** Where the first one stands. */
  readonly state: JobState;
}

/** Not sent, on purpose. Its order number stays free. */
export interface Skipped extends ReceiptBase {
  readonly status: "skipped";
  readonly reason: SkipReason;
}

/** Not sent, because something is wrong. An order is kept as a dead letter. */
export interface Rejected extends ReceiptBase {
  readonly status: "rejected";
  readonly error: AvantLinkError;
}
