import type { ReadRequest, TrackingContext } from "../context/context.ts";
import { createDelivery } from "../delivery/deliver.ts";
import { createDirectDelivery } from "../delivery/deliver-directly.ts";
import type { TransportFactory } from "../delivery/transport.ts";
import { AvantLinkError, outboxError, unexpectedError } from "../errors.ts";
import { readConfig } from "../options/config.ts";
import type { Environment } from "../options/environment.ts";
import type { TrackerOptions } from "../options/options.ts";
import { memoryOutbox } from "../outbox/memory-outbox.ts";
import { createReport, hookError } from "../reporting/report.ts";
import { createWarnOnce } from "../reporting/warn-once.ts";
import { createAcceptClick } from "./accept-click.ts";
import { createAcceptOrder } from "./accept-order.ts";
import { attachAdapter } from "./adapter.ts";
import type { ContextSources } from "./choose-context.ts";
import { createConfirmations } from "./confirmation.ts";
import { decide, rejectFor } from "./decide.ts";
import { createHealth } from "./health.ts";
import { createLifecycle } from "./lifecycle.ts";
import { createOutboxCalls } from "./outbox-calls.ts";
import type { Parts } from "./parts.ts";
import type { Receipt } from "./receipt.ts";
import type { TrackableOrder, Tracker, TrackOrderOptions } from "./tracker.ts";
import { createDeliveryWaits } from "./wait.ts";

const MAX_CLICKS = 1_000;

/** What Node and the edge runtime do each in their own way. */
export interface Platform {
  readonly openTransport: TransportFactory;
  readonly environment: () => Environment;
}

/** Makes `createTracker` for a platform. This is the one place where the parts meet. */
export function trackerFactory({ openTransport, environment }: Platform) {
  return function createTracker(options: TrackerOptions = {}): Tracker {
    const config = readConfig(options, environment());
    const { runtime, loopback } = config;
    const report = createReport(config.onEvent, runtime);
    const warnOnce = createWarnOnce(report);
    const health = createHealth(config, report);
    const transport = openTransport({ loopback });
    const waits = createDeliveryWaits(runtime);
    const delivery = createDelivery(config, transport, report, {
      delivered(key) {
        health.delivered({ endsFailure: true });
        waits.ended(key, { state: "delivered" });
      },
      deliveredDirectly(key) {
        health.delivered({ endsFailure: false });
        waits.ended(key, { state: "delivered" });
      },
      dead(key, error) {
        health.failed(error);
        waits.ended(key, { state: "dead", error });
      },
      failed: health.failed,
      clickDone: (key, error) => waits.ended(key, { state: error ? "dead" : "delivered", error }),
    });
    const base = {
      config,
      report,
      health,
      direct: createDirectDelivery(delivery, config),
      confirmations: createConfirmations(),
      clicks: memoryOutbox({ capacity: MAX_CLICKS, remembered: 0 }),
    };
    const lifecycle = createLifecycle({ ...base, delivery, transport, warnOnce });
    const parts: Parts = { ...base, lifecycle, waits };
    const acceptOrder = createAcceptOrder(parts);
    const acceptClick = createAcceptClick(parts);

    /** A promise to the caller: whatever happens inside, there is a receipt. */
    async function guarded(work: () => Promise<Receipt>): Promise<Receipt> {
      try {
        return await work();
      } catch (cause) {
        const error = unexpectedError(cause);
        health.problem(error);
        return { status: "not-stored", orderNumber: "", findings: [], error, shouldRetry: true };
      }
    }

    const track = (given: TrackableOrder, sources: ContextSources, asked: TrackOrderOptions) =>
      guarded(async () => {
        // A caller in plain JavaScript may have forgotten to await the order.
        const order = await given;
        return acceptOrder(decide(order, sources, config), asked);
      });

    const tracker: Tracker = {
      async trackOrder(order, from, asked) {
        const given = await contextGiven(from);
        if (given.status === "context") return track(order, { given: given.context }, asked ?? {});
        return guarded(async () => acceptOrder(rejectFor(given.error, await order, config), {}));
      },
      async contextOf(from) {
        const given = await contextGiven(from);
        if (given.status === "context") return Object.freeze({ ...given.context });
        report({ type: "problem", error: given.error });
        // A context that cannot be made never allows what the shop wants to be asked for.
        return Object.freeze(config.consent ? { consent: "denied" } : {});
      },
      trackClick: (context, asked) => guarded(() => acceptClick(context ?? {}, asked ?? {})),
      async start() {
        try {
          await lifecycle.ready();
        } catch (cause) {
          const error = outboxError(cause);
          health.problem(error);
          throw error;
        }
      },
      ...createOutboxCalls(parts),
      flush: (asked) => lifecycle.flush(asked),
      close: (asked) => lifecycle.close(asked),
      health: () => health.read(lifecycle.totals()),
    };
    attachAdapter(tracker, parts, {
      warnOnce,
      trackClick: tracker.trackClick,
      track: (order, request: ReadRequest | undefined, asked) => track(order, { request }, asked ?? {}),
      accept: (decision) => guarded(() => acceptOrder(decision, {})),
    });
    return Object.freeze(tracker);
  };
}

type GivenContext =
  | { readonly status: "context"; readonly context: TrackingContext | undefined }
  | { readonly status: "wrong"; readonly error: AvantLinkError };

/** The context that a caller gave, once it is known to be one: JavaScript lets a request, or anything, stand there. */
async function contextGiven(from: unknown): Promise<GivenContext> {
  let given: unknown;
  try {
    // A caller in plain JavaScript may have forgotten to await `contextOf`.
    given = await from;
  } catch (cause) {
    return { status: "wrong", error: hookError("the context", cause) };
  }
  if (given === undefined || given === null) return { status: "context", context: undefined };
  if (typeof given !== "object" || Array.isArray(given))
    return {
      status: "wrong",
      error: new AvantLinkError("context.invalid", { detail: `It is a ${typeof given}.` }),
    };
  if ("headers" in given || "req" in given)
    return { status: "wrong", error: new AvantLinkError("context.is-a-request") };
  return { status: "context", context: given };
}
