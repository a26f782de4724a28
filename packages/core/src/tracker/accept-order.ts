import { AvantLinkError, outboxError } from "../errors.ts";
import { type OutboxJob, type PutResult, stateOf } from "../outbox/outbox.ts";
import type { Decision, Sendable } from "./decide.ts";
import type { Parts } from "./parts.ts";
import type { Receipt } from "./receipt.ts";
import { createRepeats, type FirstOrder } from "./repeats.ts";
import type { TrackOrderOptions } from "./tracker.ts";
import { within } from "./wait.ts";

/** How long a caller waits for the outbox. */
const MAX_PUT_MS = 1_000;
/** How long an outbox may take to store an order behind the caller's back. */
const MAX_LATE_PUT_MS = 10_000;

/** Does what was decided about an order: stores it, skips it or keeps it as a dead letter. */
export type AcceptOrder = (decision: Decision, options: TrackOrderOptions) => Promise<Receipt>;

export function createAcceptOrder(parts: Parts): AcceptOrder {
  const { config, report, health, lifecycle, direct, confirmations, waits } = parts;
  const { outbox, runtime } = config;
  const repeats = createRepeats();

  async function acceptOrder(decision: Decision, options: TrackOrderOptions): Promise<Receipt> {
    // For its warnings about the mode; a dry run that was closed has no more to report.
    if (config.mode !== "live") void lifecycle.ready().catch(() => {});
    if (decision.kind === "skip") return skip(decision);
    if (lifecycle.closed) return notStored(decision, new AvantLinkError("tracker.closed"));
    return decision.kind === "send" ? send(decision, options) : reject(decision);
  }

  async function send(decision: Sendable, options: TrackOrderOptions): Promise<Receipt> {
    const { job } = decision;
    if (options.transaction !== undefined && outbox.joinsTransactions !== true)
      return notStored(decision, new AvantLinkError("outbox.no-transaction"));
    const startedAt = runtime.now();
    const attempt = direct.attempt(job.key);
    if (attempt) {
      const ended = await within(attempt, Math.max(MAX_PUT_MS, options.waitForDeliveryMs ?? 0), runtime);
      if (ended === "late") return notStored(decision, new AvantLinkError("outbox.unavailable"));
      if (ended.value) return duplicate(decision, { state: "delivered" });
    }
    if (options.transaction !== undefined) return sendInside(decision, options.transaction);
    const putting = put(job);
    const left = Math.max(0, MAX_PUT_MS - (runtime.now() - startedAt));
    const answered = await within(putting, left, runtime).catch((cause: unknown) => ({ cause }));
    if (answered === "late") {
      confirmations.during(putLate(putting, decision, options));
      return notStored(decision, new AvantLinkError("outbox.slow"));
    }
    if ("cause" in answered) return sendDirectly(decision, options, outboxError(answered.cause));
    return afterDelivery(decision, receiptOf(decision, answered.value), options.waitForDeliveryMs ?? 0);
  }

  async function put(job: OutboxJob): Promise<PutResult> {
    await lifecycle.ready();
    return outbox.put(job);
  }

  /**
   * Inside the shop's transaction the outbox has all the time that it takes: a statement of ours that still ran on the
   * shop's connection would collide with the shop's next one. Nothing is delivered directly, because the transaction
   * may yet be rolled back.
   */
  async function sendInside(decision: Sendable, transaction: unknown): Promise<Receipt> {
    try {
      const opened = await within(lifecycle.ready(), MAX_PUT_MS, runtime);
      if (opened === "late")
        throw new AvantLinkError("outbox.unavailable", { detail: "It is not open yet." });
      return receiptOf(decision, await outbox.put(decision.job, { transaction }));
    } catch (cause) {
      const error = outboxError(cause);
      health.failed(error);
      return notStored(decision, error);
    }
  }

  /** The caller has been answered; the order is still stored, or delivered directly. */
  async function putLate(
    putting: Promise<PutResult>,
    decision: Sendable,
    options: TrackOrderOptions,
  ): Promise<void> {
    try {
      const answered = await within(putting, MAX_LATE_PUT_MS, runtime);
      if (answered === "late")
        throw new AvantLinkError("outbox.unavailable", { detail: "It did not answer in time." });
      receiptOf(decision, answered.value);
    } catch (cause) {
      await sendDirectly(decision, options, outboxError(cause));
    }
  }

  /** The outbox failed. One direct delivery is tried, for which the caller may wait. */
  async function sendDirectly(
    decision: Sendable,
    { waitForDeliveryMs = 0 }: TrackOrderOptions,
    error: AvantLinkError,
  ): Promise<Receipt> {
    const { orderNumber, findings, job } = decision;
    health.failed(error);
    const receipt = notStored(decision, error);
    // When memory is full, what was accepted before goes first.
    if (error.code === "outbox.full") return receipt;
    const delivering = direct.send(job);
    if (waitForDeliveryMs <= 0) return receipt;
    const ended = await within(delivering, waitForDeliveryMs, runtime);
    const isDelivered = ended !== "late" && ended.value;
    return isDelivered ? { status: "delivered", orderNumber, findings, shouldRetry: false } : receipt;
  }

  /** The receipt for what the outbox answered. */
  function receiptOf(decision: Sendable, result: PutResult): Receipt {
    if (result.status === "duplicate") return duplicate(decision, result);
    const { orderNumber } = decision;
    const findings = [...decision.findings, ...repeats.accepted(decision)];
    report({ type: "accepted", kind: "order", orderNumber, findings });
    return { status: "accepted", orderNumber, findings, shouldRetry: false };
  }

  function duplicate(decision: Sendable, first: FirstOrder): Receipt {
    const { orderNumber } = decision;
    const { state } = first;
    const findings = [...decision.findings, ...repeats.findings(decision, first)];
    report({ type: "duplicate", kind: "order", orderNumber, state, findings });
    return { status: "duplicate", state, orderNumber, findings, shouldRetry: false };
  }

  /** The receipt after waiting for the delivery, if the caller asked for that. */
  async function afterDelivery(decision: Sendable, receipt: Receipt, waitMs: number): Promise<Receipt> {
    const isPending =
      receipt.status === "accepted" || (receipt.status === "duplicate" && receipt.state === "pending");
    if (waitMs <= 0 || !isPending) return receipt;
    const { orderNumber, findings, job } = decision;
    const { state, error } = await waits.wait(job.key, waitMs, async () =>
      stateOf(await outbox.find(job.key)),
    );
    if (receipt.status === "duplicate") return { ...receipt, state };
    if (state === "delivered") return { status: "delivered", orderNumber, findings, shouldRetry: false };
    if (state === "pending") return receipt;
    const refused = error ?? new AvantLinkError("delivery.refused");
    return { status: "rejected", orderNumber, findings, error: refused, shouldRetry: false };
  }

  /** Keeps an order that cannot be sent as a dead letter. */
  async function reject(decision: Extract<Decision, { kind: "reject" }>): Promise<Receipt> {
    const { job, error, orderNumber, findings } = decision;
    try {
      const kept = job ? await within(keep(job, error), MAX_PUT_MS, runtime) : undefined;
      if (kept === "late") throw new AvantLinkError("outbox.slow");
    } catch (cause) {
      const failure = outboxError(cause);
      health.failed(failure);
      return notStored(decision, failure, error);
    }
    report({ type: "rejected", kind: "order", orderNumber, error, findings });
    return { status: "rejected", orderNumber, error, findings, shouldRetry: false };
  }

  async function keep(job: OutboxJob, { code, message }: AvantLinkError): Promise<void> {
    await lifecycle.ready();
    // A letter that holds an order fit to be sent is worth more than a faulty version of the order.
    if ((await outbox.find(job.key)) !== undefined) return;
    await outbox.put(job, { dead: { code, message } });
  }

  /** `about` is what else is wrong with the order, where it could not even be kept as a dead letter. */
  function notStored(
    { orderNumber, findings }: Decision,
    error: AvantLinkError,
    about?: AvantLinkError,
  ): Receipt {
    if (about) report({ type: "rejected", kind: "order", orderNumber, error: about, findings });
    report({ type: "not-stored", kind: "order", orderNumber, error, findings });
    return { status: "not-stored", orderNumber, error, findings, shouldRetry: true };
  }

  function skip({ reason, orderNumber, findings }: Extract<Decision, { kind: "skip" }>): Receipt {
    report({ type: "skipped", kind: "order", orderNumber, reason, findings });
    return { status: "skipped", reason, orderNumber, findings, shouldRetry: false };
  }

  return acceptOrder;
}
