import { grantAccess } from "./adapter.ts";
import { hasTrackingId, toClickPayload } from "./click-payload.ts";
import { type Environment, readConfig } from "./config.ts";
import { createConfirmations } from "./confirmations.ts";
import type { TrackingContext } from "./context.ts";
import { createCourier } from "./courier.ts";
import { createDirectDelivery } from "./direct-delivery.ts";
import { AvantLinkError, type ErrorCode, outboxError } from "./errors.ts";
import type { Finding } from "./finding.ts";
import { consentRefusal, type Intake, orderKey, takeIn, turnAway } from "./intake.ts";
import { createLifecycle } from "./lifecycle.ts";
import { memoryOutbox } from "./memory-outbox.ts";
import type { TrackerOptions } from "./options.ts";
import type { JobState, OutboxJob, PutResult } from "./outbox.ts";
import type { Receipt, SkipReason } from "./receipt.ts";
import { teller } from "./telling.ts";
import type { Tracker, TrackOrderOptions, WaitOptions } from "./tracker-types.ts";
import type { TransportFactory } from "./transport.ts";
import { createWaitingRoom, within } from "./waiting.ts";

const OUTBOX_PATIENCE_MS = 1_000;
const OUTBOX_DEADLINE_MS = 10_000;

type Sendable = Extract<Intake, { what: "send" }>;

/** What Node and the edge runtime do each in their own way. */
export interface Platform {
  readonly openTransport: TransportFactory;
  readonly environment: () => Environment;
  /** SHA-256 of a text, in lower-case hex. */
  readonly sha256: (text: string) => string;
}

/** Makes `createTracker` for a platform. This is the one place where the parts meet. */
export function trackerFactory({ openTransport, environment, sha256 }: Platform) {
  return function createTracker(options: TrackerOptions = {}): Tracker {
    const config = readConfig(options, environment(), sha256);
    const { outbox, runtime } = config;
    const tell = teller(config.onEvent, runtime);
    const transport = openTransport({ connections: config.concurrency, loopback: config.loopback });
    const waitingRoom = createWaitingRoom(runtime);
    const clicks = memoryOutbox({ remembered: 0 });
    let lastDeliveredAt: number | undefined;
    let lastFailure: { readonly code: ErrorCode; readonly at: number } | undefined;

    function noteFailure({ code }: AvantLinkError): void {
      lastFailure = { code, at: runtime.now() };
    }

    function problem(error: AvantLinkError): void {
      noteFailure(error);
      tell({ type: "problem", error });
    }

    const courier = createCourier(config, transport, tell, {
      delivered(key) {
        lastDeliveredAt = runtime.now();
        lastFailure = undefined;
        waitingRoom.settled(key, { state: "delivered" });
      },
      deliveredAtOnce() {
        lastDeliveredAt = runtime.now();
      },
      dead(key, error) {
        noteFailure(error);
        waitingRoom.settled(key, { state: "dead", error });
      },
      failed: noteFailure,
      clickDone: (key, error) => waitingRoom.settled(key, { state: error ? "dead" : "delivered", error }),
    });
    const direct = createDirectDelivery(courier);
    const confirmations = createConfirmations();
    const lifecycle = createLifecycle({
      config,
      clicks,
      courier,
      direct,
      confirmations,
      transport,
      problem,
      notice: (error) => tell({ type: "problem", error }),
    });

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
      if (opened === "late")
        throw new AvantLinkError("outbox.unavailable", { detail: "It is not open yet." });
      return outbox.put(job, { transaction });
    }

    async function take(intake: Intake, asked: TrackOrderOptions): Promise<Receipt> {
      if (config.mode !== "live") void lifecycle.ready();
      if (intake.what === "skip") return skip("order", intake.reason, intake);
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
      const { state, error } = await waitingRoom.wait(job.key, waitMs, () => outbox.state(job.key));
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
      if (!result.accepted) return duplicate(intake, result.state);
      const { orderNumber, findings } = intake;
      tell({ type: "accepted", kind: "order", orderNumber, findings });
      return { status: "accepted", orderNumber, findings };
    }

    function duplicate({ orderNumber, findings }: Sendable, state: JobState): Receipt {
      tell({ type: "duplicate", kind: "order", orderNumber, state });
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
      tell({ type: "rejected", kind: "order", orderNumber, error, findings });
      return { status: "rejected", orderNumber, error, findings };
    }

    /** Keeps an order that cannot be sent where somebody can find it. */
    async function keep(job: OutboxJob | undefined, { code, message }: AvantLinkError): Promise<void> {
      if (!job) return;
      try {
        await lifecycle.ready();
        // A letter that holds an order fit to be sent is worth more than the wrong version of it.
        if ((await outbox.state(job.key)) !== undefined) return;
        await outbox.put(job, { dead: { code, message } });
      } catch (cause) {
        problem(outboxError(cause));
      }
    }

    function skip(kind: "order" | "click", reason: SkipReason, intake?: Intake): Receipt {
      const { orderNumber, findings } = intake ?? { orderNumber: "", findings: [] };
      if (reason !== "no-order") tell({ type: "skipped", kind, orderNumber, reason, findings });
      return { status: "skipped", reason, orderNumber, findings };
    }

    /** A promise to the caller: whatever happens inside, there is a receipt. */
    async function guarded(work: () => Promise<Receipt>): Promise<Receipt> {
      try {
        return await work();
      } catch (cause) {
        const error = new AvantLinkError("unexpected", { cause });
        problem(error);
        return { status: "rejected", orderNumber: "", findings: [], error };
      }
    }

    async function sendClick(context: TrackingContext, asked: WaitOptions): Promise<Receipt> {
      const payload = toClickPayload(context, config);
      const about = { kind: "click", orderNumber: "" } as const;
      const job = {
        key: runtime.uuid(),
        kind: "order",
        body: JSON.stringify(payload),
        acceptedAt: runtime.now(),
      } as const;
      try {
        if (lifecycle.closed) throw new AvantLinkError("tracker.closed");
        if (!hasTrackingId(payload))
          throw new AvantLinkError("click.lost", { detail: "It has no token and no ID." });
        // The first use of any kind begins delivering what a durable outbox holds; a click does not wait for that.
        if (outbox.durable) void lifecycle.ready().catch(() => {});
        await lifecycle.readyForClicks();
        await clicks.put(job);
      } catch (cause) {
        const error = cause instanceof AvantLinkError ? cause : new AvantLinkError("click.lost", { cause });
        tell({ type: "rejected", ...about, error, findings: [] });
        return { status: "rejected", orderNumber: "", findings: [], error };
      }
      tell({ type: "accepted", ...about, findings: [] });
      const waitMs = asked.waitForDeliveryMs ?? 0;
      const { state, error } =
        waitMs > 0
          ? await waitingRoom.wait(job.key, waitMs, () => clicks.state(job.key))
          : { state: "pending", error: undefined };
      if (state === "dead" && error) return { status: "rejected", orderNumber: "", findings: [], error };
      return { status: state === "delivered" ? "delivered" : "accepted", orderNumber: "", findings: [] };
    }

    const tracker: Tracker = {
      trackOrder: (order, context, asked) =>
        guarded(async () => take(takeIn(order, context, config), asked ?? {})),
      trackClick: (context, asked) =>
        guarded(async () => {
          const refusal = consentRefusal(context, config);
          if (refusal) return skip("click", refusal);
          if (config.mode !== "live") return skip("click", config.mode);
          return sendClick(context, asked ?? {});
        }),
      async start() {
        await lifecycle.ready().catch((cause: unknown) => problem(outboxError(cause)));
      },
      flush: (asked) => lifecycle.flush(asked),
      close: (asked) => lifecycle.close(asked),
      async health() {
        const looked = await within(lifecycle.totals(), OUTBOX_PATIENCE_MS, runtime).catch(
          () => "late" as const,
        );
        const totals = looked === "late" ? undefined : looked.value;
        const { oldestPendingAt } = totals ?? {};
        return {
          ok: totals !== undefined && lastFailure === undefined,
          mode: config.mode,
          outbox: { name: outbox.name, durable: outbox.durable },
          totals,
          oldestPendingMs:
            oldestPendingAt === undefined ? undefined : Math.max(0, runtime.now() - oldestPendingAt),
          lastDeliveredAt,
          lastFailure,
        };
      },
    };
    grantAccess(tracker, config, tell, {
      get closed() {
        return lifecycle.closed;
      },
      confirming: confirmations.during,
      turnAway: (order, error) => guarded(async () => take(turnAway(order, error, config), {})),
      async settled(orderNumber, ms) {
        const key = orderKey(orderNumber, config);
        await waitingRoom.wait(key, ms, () => outbox.state(key));
      },
    });
    return Object.freeze(tracker);
  };
}
