import type { Delivery } from "../delivery/deliver.ts";
import type { DeliveryWaits } from "../delivery/delivery-waits.ts";
import { AvantLinkError, outboxError, unexpectedError } from "../errors.ts";
import type { Finding } from "../findings.ts";
import type { Config } from "../options/config.ts";
import { type JobState, type OutboxJob, type PutResult, stateOf } from "../outbox/outbox.ts";
import { RecentKeys } from "../recent-keys.ts";
import type { TrackingEvent } from "../reporting/events.ts";
import type { Report } from "../reporting/report.ts";
import { within } from "../runtime.ts";
import { type ContextSources, type Decision, decide, type Sendable } from "./decide.ts";
import type { HealthRecord } from "./health.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { Receipt } from "./receipt.ts";
import type { TrackableOrder, TrackOrderOptions } from "./tracker.ts";

/** How long a caller waits for the outbox. */
const MAX_PUT_MS = 1_000;
/** How long an outbox may take to store an order behind the caller's back. */
const MAX_LATE_PUT_MS = 10_000;
const MAX_REMEMBERED = 10_000;

/** Decides about an order and does it: stores it, skips it or keeps it as a dead letter. Never rejects. */
export type AcceptOrder = ReturnType<typeof createAcceptOrder>;

export function createAcceptOrder(
  config: Config,
  report: Report,
  health: HealthRecord,
  lifecycle: Lifecycle,
  delivery: Delivery,
  waits: DeliveryWaits,
) {
  const { outbox, runtime } = config;
  // What this process accepted lately; what others accepted is not known here.
  const hadClick = new RecentKeys<boolean>(MAX_REMEMBERED);
  const numberForms = new RecentKeys<string>(MAX_REMEMBERED);
  const end = (receipt: Receipt) => reported(report, "order", receipt);

  async function accept(
    given: TrackableOrder,
    sources: ContextSources,
    options: TrackOrderOptions,
  ): Promise<Receipt> {
    // A caller in plain JavaScript may have forgotten to await the order.
    const decision = decide(await given, sources, config);
    // For its warnings about the mode; a dry run that was closed has no more to report.
    if (config.mode !== "live") void lifecycle.ready().catch(() => {});
    if (decision.kind === "skip")
      return end({ status: "skipped", reason: decision.reason, ...about(decision) });
    if (lifecycle.closed) return notStored(decision, new AvantLinkError("tracker.closed"));
    return decision.kind === "send" ? send(decision, options) : reject(decision);
  }

  async function send(decision: Sendable, options: TrackOrderOptions): Promise<Receipt> {
    const { job } = decision;
    const { transaction, waitForDeliveryMs = 0 } = options;
    if (transaction !== undefined && outbox.joinsTransactions !== true)
      return notStored(decision, new AvantLinkError("outbox.no-transaction"));
    const startedAt = runtime.now();
    const direct = delivery.directAttempt(job.key);
    if (direct) {
      const ended = await within(direct, Math.max(MAX_PUT_MS, waitForDeliveryMs), runtime);
      if (ended === "late") return notStored(decision, new AvantLinkError("outbox.unavailable"));
      if (ended.value) return stored(decision, { status: "duplicate", state: "delivered" });
    }
    if (transaction !== undefined) return sendInside(decision, transaction);
    const putting = lifecycle.ready().then(() => outbox.put(job));
    const left = Math.max(0, MAX_PUT_MS - (runtime.now() - startedAt));
    const answered = await within(putting, left, runtime).catch((cause: unknown) => ({ cause }));
    if (answered === "late") {
      lifecycle.during(putLate(putting, decision));
      return notStored(decision, new AvantLinkError("outbox.slow"));
    }
    if ("cause" in answered) return sendDirectly(decision, outboxError(answered.cause), waitForDeliveryMs);
    const receipt = stored(decision, answered.value);
    return waitForDeliveryMs > 0 ? afterDelivery(decision, receipt, waitForDeliveryMs) : receipt;
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
      return stored(decision, await outbox.put(decision.job, { transaction }));
    } catch (cause) {
      const error = outboxError(cause);
      health.failed(error);
      return notStored(decision, error);
    }
  }

  /** The caller has been answered; the order is still stored, or delivered directly. */
  async function putLate(putting: Promise<PutResult>, decision: Sendable): Promise<void> {
    try {
      const answered = await within(putting, MAX_LATE_PUT_MS, runtime);
      if (answered === "late")
        throw new AvantLinkError("outbox.unavailable", { detail: "It did not answer in time." });
      stored(decision, answered.value);
    } catch (cause) {
      await sendDirectly(decision, outboxError(cause), 0);
    }
  }

  /** The outbox failed. One direct delivery is tried, for which the caller may wait. */
  async function sendDirectly(decision: Sendable, error: AvantLinkError, waitMs: number): Promise<Receipt> {
    health.failed(error);
    const receipt = notStored(decision, error);
    // When memory is full, what was accepted before goes first.
    if (error.code === "outbox.full") return receipt;
    const delivering = delivery.deliverDirectly(decision.job);
    if (waitMs <= 0) return receipt;
    const ended = await within(delivering, waitMs, runtime);
    const isDelivered = ended !== "late" && ended.value;
    return isDelivered ? { status: "delivered", ...about(decision) } : receipt;
  }

  /** The receipt for what the outbox answered. */
  function stored(decision: Sendable, result: PutResult): Receipt {
    if (health.last.failure) health.stored();
    if (result.status === "accepted")
      return end({ status: "accepted", ...about(decision, acceptedFindings(decision)) });
    const { status, state, contentHash } = result;
    return end({ status, state, ...about(decision, repeatFindings(decision, contentHash)) });
  }

  /** What is wrong about an order that another call may have tracked before: as a dead letter, or by another number. */
  function acceptedFindings({ job, context, orderNumber, isAnonymous }: Sendable): readonly Finding[] {
    const findings: Finding[] = [];
    if (context.avad === undefined && !isAnonymous && hadClick.get(job.key)) {
      const message =
        "came with an earlier call, whose dead letter this order replaces, and is not sent. Give every call the shopper's context: packContext at checkout, unpackContext in the webhook.";
      findings.push({ code: "context.too-late", path: "context.avad", message });
    }
    if (context.avad === undefined) hadClick.set(job.key, false);
    else if (hadClick.get(job.key) !== undefined) hadClick.delete(job.key);
    const bare = orderNumber.replace(/^[#\s]+/, "");
    const other = numberForms.get(bare) ?? orderNumber;
    numberForms.set(bare, orderNumber);
    if (other !== orderNumber) {
      const message =
        "is known to this process in another form, with or without #. Two forms are two orders: give the same form everywhere.";
      findings.push({ code: "order.number-form", path: "orderNumber", message });
    }
    return findings;
  }

  /** What is wrong about an order whose number was accepted before. */
  function repeatFindings({ job, context }: Sendable, firstHash: string | undefined): readonly Finding[] {
    const findings: Finding[] = [];
    if (firstHash !== undefined && firstHash !== job.summary?.contentHash) {
      const message =
        "was accepted before with other lines or another amount, and only the first order counts. Where numbers repeat (each year, or in two shops of one merchant), put a prefix before them.";
      findings.push({ code: "order.number-reused", path: "orderNumber", message });
    }
    if (context.avad !== undefined && hadClick.get(job.key) === false) {
      const message =
        "arrived after the order had been accepted without it, and is not sent. Give the first call the shopper's context: packContext at checkout, unpackContext in the webhook.";
      findings.push({ code: "context.too-late", path: "context.avad", message });
    }
    return findings;
  }

  /** The receipt after waiting for the delivery. */
  async function afterDelivery(decision: Sendable, receipt: Receipt, waitMs: number): Promise<Receipt> {
    const isPending =
      receipt.status === "accepted" || (receipt.status === "duplicate" && receipt.state === "pending");
    if (!isPending) return receipt;
    const { key } = decision.job;
    const { state, error } = await waits.wait(key, waitMs, () => stateIn(key));
    if (receipt.status === "duplicate") return { ...receipt, state };
    if (state === "delivered") return { status: "delivered", ...about(decision) };
    if (state === "pending") return receipt;
    const refused = error ?? new AvantLinkError("delivery.refused");
    return { status: "rejected", error: refused, ...about(decision) };
  }

  async function stateIn(key: string): Promise<JobState | undefined> {
    return stateOf(await outbox.find(key));
  }

  /** Keeps an order that cannot be sent as a dead letter. */
  async function reject(decision: Extract<Decision, { kind: "reject" }>): Promise<Receipt> {
    const { job, error, context } = decision;
    const rejected: Receipt = { status: "rejected", error, ...about(decision) };
    if (job && context.avad !== undefined && hadClick.get(job.key) === undefined) hadClick.set(job.key, true);
    try {
      const kept = job ? await within(keep(job, error), MAX_PUT_MS, runtime) : undefined;
      if (kept === "late") throw new AvantLinkError("outbox.slow");
      return end(rejected);
    } catch (cause) {
      const failure = outboxError(cause);
      health.failed(failure);
      end(rejected);
      return notStored(decision, failure);
    }
  }

  async function keep(job: OutboxJob, { code, message }: AvantLinkError): Promise<void> {
    await lifecycle.ready();
    // A letter that holds an order fit to be sent is worth more than a faulty version of the order.
    if ((await outbox.find(job.key)) !== undefined) return;
    await outbox.put(job, { dead: { code, message } });
  }

  function notStored(decision: Decision, error: AvantLinkError): Receipt {
    return end({ status: "not-stored", error, ...about(decision), shouldRetry: true });
  }

  return {
    /** Tracks an order with what is known of its shopper. Whatever happens inside, there is a receipt. */
    async track(given: TrackableOrder, sources: ContextSources, options?: TrackOrderOptions) {
      try {
        const accepting = accept(given, sources, options ?? {});
        lifecycle.during(accepting);
        return await accepting;
      } catch (cause) {
        const error = unexpectedError(cause);
        health.failed(error);
        return end({ status: "not-stored", orderNumber: "", findings: [], error, shouldRetry: true });
      }
    },
    stateIn,
  };
}

/** What every receipt for a decision has. */
function about({ orderNumber, findings }: Decision, found: readonly Finding[] = []) {
  return { orderNumber, findings: [...findings, ...found], shouldRetry: false } as const;
}

/** Reports what a receipt says. */
export function reported(report: Report, kind: "order" | "click", receipt: Receipt): Receipt {
  const { status: type, shouldRetry: _, ...about } = receipt;
  // Each status has an event of its name, with the same fields.
  report({ type, kind, ...about } as TrackingEvent);
  return receipt;
}
