import type { DirectDelivery } from "../delivery/deliver-directly.ts";
import { AvantLinkError, outboxError } from "../errors.ts";
import type { Finding } from "../findings.ts";
import type { Config } from "../options/config.ts";
import { type JobState, type OutboxJob, type PutResult, stateOf } from "../outbox/outbox.ts";
import type { SkipReason } from "../reporting/events.ts";
import type { Report } from "../reporting/report.ts";
import type { Confirmations } from "./confirmations.ts";
import type { Intake } from "./decide.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { Receipt } from "./receipt.ts";
import type { TrackOrderOptions } from "./tracker.ts";
import { type WaitingRoom, within } from "./wait.ts";

const OUTBOX_PATIENCE_MS = 1_000;
const OUTBOX_DEADLINE_MS = 10_000;

type Sendable = Extract<Intake, { what: "send" }>;

/** Puts orders into the outbox, and says by a receipt what became of each. */
export interface OrderAcceptance {
  take(intake: Intake, asked: TrackOrderOptions): Promise<Receipt>;
}

/** What accepting an order takes. */
export interface OrderAcceptanceParts {
  readonly config: Config;
  readonly lifecycle: Lifecycle;
  readonly direct: DirectDelivery;
  readonly confirmations: Confirmations;
  readonly waitingRoom: WaitingRoom;
  readonly report: Report;
  /** Notes a failure for the tracker's health. */
  readonly noteFailure: (error: AvantLinkError) => void;
  /** Notes one and tells it, where no event of the order's does. */
  readonly problem: (error: AvantLinkError) => void;
}

export function createOrderAcceptance({
  config,
  lifecycle,
  direct,
  confirmations,
  waitingRoom,
  report,
  noteFailure,
  problem,
}: OrderAcceptanceParts): OrderAcceptance {
  const { outbox, runtime } = config;

  async function store(job: OutboxJob): Promise<PutResult> {
    await lifecycle.ready();
    return outbox.put(job);
  }

  /**
   * Inside the shop's transaction the outbox is waited for to its end, however long it takes: what it still had
   * under way on the shop's connection would run into whatever the shop does there next. It limits its own waiting.
   */
  async function storeInside(job: OutboxJob, transaction: unknown): Promise<PutResult> {
    const opened = await within(lifecycle.ready(), OUTBOX_PATIENCE_MS, runtime);
    if (opened === "late") throw new AvantLinkError("outbox.unavailable", { detail: "It is not open yet." });
    return outbox.put(job, { transaction });
  }

  async function take(intake: Intake, asked: TrackOrderOptions): Promise<Receipt> {
    // For what it tells; a dry run that was closed has nothing more to report.
    if (config.mode !== "live") void lifecycle.ready().catch(() => {});
    if (intake.what === "skip") return skip(intake.reason, intake);
    if (lifecycle.closed) return reject(intake.orderNumber, new AvantLinkError("tracker.closed"));
    if (intake.what === "send") return send(intake, asked);
    const receipt = reject(intake.orderNumber, intake.error);
    await within(keep(intake.job, intake.error), OUTBOX_PATIENCE_MS, runtime);
    return receipt;
  }

  async function send(intake: Sendable, asked: TrackOrderOptions): Promise<Receipt> {
    const { job, orderNumber, findings } = intake;
    if (asked.transaction !== undefined && outbox.joinsTransactions !== true) {
      return reject(orderNumber, new AvantLinkError("outbox.no-transaction"), findings);
    }
    const since = runtime.now();
    const directly = direct.attempt(job.key);
    if (directly) {
      const patience = Math.max(OUTBOX_PATIENCE_MS, asked.waitForDeliveryMs ?? 0);
      const done = await within(directly, patience, runtime);
      if (done === "late") return reject(orderNumber, new AvantLinkError("outbox.unavailable"), findings);
      if (done.value) return duplicate(intake, "delivered");
    }
    if (asked.transaction !== undefined) {
      try {
        return taken(intake, await storeInside(job, asked.transaction));
      } catch (cause) {
        // Not delivered directly: the transaction may yet be rolled back.
        const error = outboxError(cause);
        noteFailure(error);
        return reject(orderNumber, error, findings);
      }
    }
    const storing = store(job);
    const patience = Math.max(0, OUTBOX_PATIENCE_MS - (runtime.now() - since));
    const stored = await within(storing, patience, runtime).catch((cause: unknown) => ({
      cause,
    }));
    if (stored === "late") {
      confirmations.during(storeLate(storing, intake, asked));
      return reject(orderNumber, new AvantLinkError("outbox.slow"), findings);
    }
    if ("cause" in stored) return notStored(intake, asked, stored.cause);
    const receipt = taken(intake, stored.value);
    const waitMs = asked.waitForDeliveryMs ?? 0;
    if (waitMs <= 0 || (receipt.status === "duplicate" && receipt.state !== "pending")) return receipt;
    const { state, error } = await waitingRoom.wait(job.key, waitMs, async () =>
      stateOf(await outbox.find(job.key)),
    );
    if (receipt.status === "duplicate") return { ...receipt, state };
    if (state === "delivered") return { status: "delivered", orderNumber, findings };
    if (state === "dead") {
      return {
        status: "rejected",
        orderNumber,
        findings,
        error: error ?? new AvantLinkError("delivery.refused"),
      };
    }
    return receipt;
  }

  /** The caller has been answered; the order still goes one way or the other. */
  async function storeLate(
    storing: Promise<PutResult>,
    intake: Sendable,
    asked: TrackOrderOptions,
  ): Promise<void> {
    try {
      const stored = await within(storing, OUTBOX_DEADLINE_MS, runtime);
      if (stored === "late")
        throw new AvantLinkError("outbox.unavailable", { detail: "It did not answer in time." });
      taken(intake, stored.value);
    } catch (cause) {
      await notStored(intake, asked, cause);
    }
  }

  function taken(intake: Sendable, result: PutResult): Receipt {
    if (result.status === "duplicate") return duplicate(intake, result.state);
    const { orderNumber, findings } = intake;
    report({ type: "accepted", kind: "order", orderNumber, findings });
    return { status: "accepted", orderNumber, findings };
  }

  function duplicate({ orderNumber, findings }: Sendable, state: JobState): Receipt {
    report({ type: "duplicate", kind: "order", orderNumber, state });
    return { status: "duplicate", state, orderNumber, findings };
  }

  /** The outbox failed. One direct delivery is tried, beside which the caller may wait. */
  async function notStored(intake: Sendable, asked: TrackOrderOptions, cause: unknown): Promise<Receipt> {
    const { job, orderNumber, findings } = intake;
    const error = outboxError(cause);
    noteFailure(error);
    const receipt = reject(orderNumber, error, findings);
    // What was accepted before stands first when memory is full.
    if (error.code === "outbox.full") return receipt;
    const delivering = direct.send(job);
    const waitMs = asked.waitForDeliveryMs ?? 0;
    if (waitMs <= 0) return receipt;
    const done = await within(delivering, waitMs, runtime);
    return done !== "late" && done.value ? { status: "delivered", orderNumber, findings } : receipt;
  }

  function reject(orderNumber: string, error: AvantLinkError, findings: readonly Finding[] = []): Receipt {
    report({ type: "rejected", kind: "order", orderNumber, error, findings });
    return { status: "rejected", orderNumber, error, findings };
  }

  /** Keeps an order that cannot be sent where somebody can find it. */
  async function keep(job: OutboxJob | undefined, { code, message }: AvantLinkError): Promise<void> {
    if (!job) return;
    try {
      await lifecycle.ready();
      // A letter that holds an order fit to be sent is worth more than the wrong version of it.
      if ((await outbox.find(job.key)) !== undefined) return;
      await outbox.put(job, { dead: { code, message } });
    } catch (cause) {
      problem(outboxError(cause));
    }
  }

  function skip(reason: SkipReason, { orderNumber, findings }: Intake): Receipt {
    if (reason !== "no-order") report({ type: "skipped", kind: "order", orderNumber, reason, findings });
    return { status: "skipped", reason, orderNumber, findings };
  }

  return { take };
}
