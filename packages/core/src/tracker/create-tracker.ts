import { grantAccess } from "../adapter.ts";
import { createDelivery } from "../delivery/deliver.ts";
import { createDirectDelivery } from "../delivery/deliver-directly.ts";
import type { TransportFactory } from "../delivery/transport.ts";
import { AvantLinkError, type ErrorCode, outboxError } from "../errors.ts";
import { type Environment, readConfig } from "../options/config.ts";
import type { TrackerOptions } from "../options/options.ts";
import { orderKey } from "../order/order-key.ts";
import { memoryOutbox } from "../outbox/memory-outbox.ts";
import { stateOf } from "../outbox/outbox.ts";
import { createReport } from "../reporting/report.ts";
import { createClickAcceptance } from "./accept-click.ts";
import { createOrderAcceptance } from "./accept-order.ts";
import { createConfirmations } from "./confirmations.ts";
import { takeIn, turnAway } from "./decide.ts";
import { createLifecycle } from "./lifecycle.ts";
import { createOutboxCalls } from "./outbox-calls.ts";
import type { Receipt } from "./receipt.ts";
import type { Tracker } from "./tracker.ts";
import { createWaitingRoom, within } from "./wait.ts";

// Who asks after the tracker's health is not kept waiting for a store that hangs.
const HEALTH_PATIENCE_MS = 1_000;

/** What Node and the edge runtime do each in their own way. */
export interface Platform {
  readonly openTransport: TransportFactory;
  readonly environment: () => Environment;
}

/** Makes `createTracker` for a platform. This is the one place where the parts meet. */
export function trackerFactory({ openTransport, environment }: Platform) {
  return function createTracker(options: TrackerOptions = {}): Tracker {
    const config = readConfig(options, environment());
    const { outbox, runtime } = config;
    const report = createReport(config.onEvent, runtime);
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
      report({ type: "problem", error });
    }

    const delivery = createDelivery(config, transport, report, {
      delivered(key) {
        lastDeliveredAt = runtime.now();
        lastFailure = undefined;
        waitingRoom.settled(key, { state: "delivered" });
      },
      deliveredDirectly(key) {
        lastDeliveredAt = runtime.now();
        waitingRoom.settled(key, { state: "delivered" });
      },
      dead(key, error) {
        noteFailure(error);
        waitingRoom.settled(key, { state: "dead", error });
      },
      failed: noteFailure,
      clickDone: (key, error) => waitingRoom.settled(key, { state: error ? "dead" : "delivered", error }),
    });
    const direct = createDirectDelivery(delivery);
    const confirmations = createConfirmations();
    const lifecycle = createLifecycle({
      config,
      clicks,
      delivery,
      direct,
      confirmations,
      transport,
      problem,
      notice: (error) => report({ type: "problem", error }),
    });

    const orders = createOrderAcceptance({
      config,
      lifecycle,
      direct,
      confirmations,
      waitingRoom,
      report,
      noteFailure,
      problem,
    });
    const visits = createClickAcceptance({ config, clicks, lifecycle, waitingRoom, report });

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

    const tracker: Tracker = {
      trackOrder: (order, context, asked) =>
        guarded(async () => orders.take(takeIn(order, context, config), asked ?? {})),
      trackClick: (context, asked) => guarded(() => visits.take(context, asked ?? {})),
      async start() {
        await lifecycle.ready().catch((cause: unknown) => problem(outboxError(cause)));
      },
      ...createOutboxCalls({ config, lifecycle, direct, problem }),
      flush: (asked) => lifecycle.flush(asked),
      close: (asked) => lifecycle.close(asked),
      async health() {
        const looked = await within(lifecycle.totals(), HEALTH_PATIENCE_MS, runtime).catch(
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
    grantAccess(tracker, config, report, {
      get closed() {
        return lifecycle.closed;
      },
      confirming: confirmations.during,
      turnAway: (order, error) => guarded(async () => orders.take(turnAway(order, error, config), {})),
      async settled(orderNumber, ms) {
        const key = orderKey(config.merchantId, orderNumber);
        await waitingRoom.wait(key, ms, async () => stateOf(await outbox.find(key)));
      },
    });
    return Object.freeze(tracker);
  };
}
