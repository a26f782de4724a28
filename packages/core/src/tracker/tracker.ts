import type { TrackingContext } from "../context/context.ts";
import type { AvantLinkError, ErrorCode } from "../errors.ts";
import type { MapperResult, SkippedOrder } from "../order/mapper-result.ts";
import type { Order } from "../order/order.ts";
import type { DeliverDueResult, ForgetResult, OutboxTotals } from "../outbox/outbox.ts";
import type { Receipt } from "./receipt.ts";

/** What can be tracked: an order, a mapper's answer, or nothing where there is no order. */
export type TrackableOrder = Order | MapperResult | SkippedOrder | null | undefined;

/**
 * Tracks orders and clicks. Only {@link Tracker.start} rejects; no other method does because of an order, a request or
 * AvantLink.
 *
 * `From` is the request of the framework whose package made the tracker. Core's own tracker takes contexts only.
 */
export interface Tracker<From = never> {
  /**
   * Accepts an order, once for its number. Resolves as soon as the outbox has stored it, or after one second. It waits
   * for AvantLink only when `waitForDeliveryMs` asks it to.
   * @param from the shopper's own request, or a context that was kept from it; a payment provider's webhook gives the
   * context that was packed at checkout
   */
  trackOrder(
    order: TrackableOrder,
    from?: From | TrackingContext,
    options?: TrackOrderOptions,
  ): Promise<Receipt>;
  /**
   * The shopper's context: frozen plain JSON, to be stored with the order or packed into a payment. It holds nothing
   * but the denial where the shopper did not consent.
   */
  contextOf(from?: From | TrackingContext): Promise<TrackingContext>;
  /** Reports a click, best effort: it waits in memory for an hour at most and is sent once. */
  trackClick(context: TrackingContext, options?: WaitOptions): Promise<Receipt>;
  /**
   * Opens the outbox and begins delivering what is pending. The first use does it too; a server does it at boot.
   * @throws AvantLinkError where the outbox cannot be opened as it was asked for. The next use tries again.
   */
  start(): Promise<void>;
  /**
   * Delivers what is due now and returns what happened, for a cron job or a queue that wakes a serverless function.
   * Begins no delivery after `timeoutMs`; what has begun is finished, in 15 seconds at most. Calls may overlap.
   * Works with `deliver: false`, and costs one query when nothing is due. In a dry run it delivers nothing, and its
   * report has the error `tracker.dry-run`. Never rejects.
   */
  deliverDue(options?: TimeoutOptions): Promise<DeliverDueReport>;
  /**
   * Erases the body of an order that is not delivered yet, in a dry run too, when its shopper asks for that. The
   * number stays taken, as a hash, beside times, currency and subtotal. Never rejects.
   */
  forget(orderNumber: string): Promise<ForgetReport>;
  /** Waits until nothing is pending any more, or the time is up. Resolves with the outbox's totals. */
  flush(options?: TimeoutOptions): Promise<OutboxTotals>;
  /** Accepts no more orders, flushes, and closes connections and files. What is pending in a durable outbox stays. */
  close(options?: TimeoutOptions): Promise<OutboxTotals>;
  /** How the tracker is doing, for a status page or an alarm. */
  health(): Promise<Health>;
}

/** How long a call may wait for AvantLink. */
export interface WaitOptions {
  /** Waits for the delivery, at most this long, in milliseconds. @default 0: the receipt says `accepted` */
  readonly waitForDeliveryMs?: number | undefined;
}

/** How an order is tracked. */
export interface TrackOrderOptions extends WaitOptions {
  /**
   * The shop's own database transaction, so that the order is accepted if and only if it commits. Only for an
   * outbox that can join it. The call does not wait for AvantLink, and when it returns, nothing of ours runs on the
   * connection any more. A receipt of `not-stored` leaves the transaction as it was: commit it, and track the order later.
   */
  readonly transaction?: unknown;
}

/** How long to wait. */
export interface TimeoutOptions {
  /** In milliseconds. @default 5000 */
  readonly timeoutMs?: number | undefined;
}

/** What `deliverDue` did. */
export interface DeliverDueReport extends DeliverDueResult {
  /** Why nothing was delivered: the outbox could not be asked, or this is a dry run. */
  readonly error?: AvantLinkError | undefined;
}

/** What `forget` found, or why the outbox could not be asked. */
export type ForgetReport = ForgetResult | { readonly status: "failed"; readonly error: AvantLinkError };

/** How a tracker is doing. */
export interface Health {
  /**
   * The outbox answers, and the last attempt to deliver, if there was one, did not fail. In a dry run nothing is sent
   * and the outbox is not asked: look at `mode` too.
   */
  readonly ok: boolean;
  readonly mode: "live" | "dry-run" | "build";
  /** Which outbox, and whether it survives a crash. */
  readonly outbox: { readonly name: string; readonly durable: boolean };
  /** What stands where; nothing when the outbox did not answer, and in a dry run. */
  readonly totals?: OutboxTotals | undefined;
  /** How long the oldest order has been waiting, in milliseconds. */
  readonly oldestPendingMs?: number | undefined;
  /** When this process last delivered an order, in milliseconds since 1970. */
  readonly lastDeliveredAt?: number | undefined;
  /** What this process last failed at. */
  readonly lastFailure?: { readonly code: ErrorCode; readonly at: number } | undefined;
}
