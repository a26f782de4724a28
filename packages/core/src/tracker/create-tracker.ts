import type { TrackingContext } from "../context/context.ts";
import { readContext } from "../context/pack-context.ts";
import { createDelivery } from "../delivery/deliver.ts";
import { createDeliveryWaits } from "../delivery/delivery-waits.ts";
import type { TransportFactory } from "../delivery/transport.ts";
import { AvantLinkError, outboxError } from "../errors.ts";
import { readConfig } from "../options/config.ts";
import type { Environment } from "../options/environment.ts";
import type { TrackerOptions } from "../options/options.ts";
import { createReport, createWarnOnce, hookError } from "../reporting/report.ts";
import { createAcceptClick } from "./accept-click.ts";
import { createAcceptOrder } from "./accept-order.ts";
import { attachAdapter } from "./extend-tracker.ts";
import { createHealth } from "./health.ts";
import { createLifecycle } from "./lifecycle.ts";
import { createMaintenance } from "./maintenance.ts";
import { createAdapter } from "./track-requests.ts";
import type { Tracker } from "./tracker.ts";

/** What Node and the edge runtime do each in their own way. */
export interface Platform {
  readonly openTransport: TransportFactory;
  readonly environment: () => Environment;
  /** Whether memory is a small part of the server's: each isolate of an edge runtime has its own. */
  readonly isIsolate?: boolean;
}

/** Makes `createTracker` for a platform. This is the one place where the parts meet. */
export function trackerFactory({ openTransport, environment, isIsolate }: Platform) {
  return function createTracker(options: TrackerOptions = {}): Tracker {
    const config = readConfig(options, environment());
    const report = createReport(config.onEvent, config.runtime);
    const warnOnce = createWarnOnce(report);
    const health = createHealth(config, report);
    const waits = createDeliveryWaits(config.runtime);
    const transport = openTransport({ loopback: config.loopback });
    const delivery = createDelivery(config, transport, report, health, waits, warnOnce);
    const lifecycle = createLifecycle(config, delivery, transport, health, warnOnce, isIsolate);
    const accept = createAcceptOrder(config, report, health, lifecycle, delivery, waits);
    const acceptClick = createAcceptClick(config, report, lifecycle, waits);

    const tracker: Tracker = {
      trackOrder(order, from, asked) {
        const tracking = contextGiven(from).then((given) =>
          accept.track(order, given instanceof AvantLinkError ? { error: given } : { given }, asked),
        );
        lifecycle.during(tracking);
        return tracking;
      },
      async contextOf(from) {
        // A property that is misspelt gives nothing, and must not give a context that allows.
        const given = (await contextGiven(from)) ?? (config.consent ? noRequest() : {});
        return given instanceof AvantLinkError ? adapter.contextWithout(given) : Object.freeze({ ...given });
      },
      trackClick: async (context, asked) => acceptClick((await contextGiven(context)) ?? {}, asked ?? {}),
      async start() {
        try {
          await lifecycle.ready();
        } catch (cause) {
          const error = outboxError(cause);
          health.problem(error);
          throw error;
        }
      },
      ...createMaintenance(config, lifecycle, health, delivery),
      flush: lifecycle.flush,
      close: lifecycle.close,
      health: () => health.read(lifecycle.totals()),
    };
    const adapter = createAdapter(config, report, warnOnce, lifecycle, waits, accept, tracker.trackClick);
    attachAdapter(tracker, adapter);
    return Object.freeze(tracker);
  };
}

function noRequest(): AvantLinkError {
  const detail = "There is none; expected the shopper's request, because the shop has a consent hook.";
  return new AvantLinkError("context.invalid", { detail });
}

/** The context that a caller gave, or what is wrong: JavaScript lets a request, or anything, stand there. */
async function contextGiven(from: unknown): Promise<TrackingContext | undefined | AvantLinkError> {
  try {
    // A caller in plain JavaScript may have forgotten to await `contextOf`.
    const given = (await from) ?? undefined;
    if (given === undefined) return undefined;
    if (typeof given !== "object" || Array.isArray(given))
      return new AvantLinkError("context.invalid", { detail: `It is a ${typeof given}.` });
    if ("headers" in given || "req" in given) return new AvantLinkError("context.is-a-request");
    return (
      readContext(given) ??
      new AvantLinkError("context.invalid", { detail: "It has none of a context's fields." })
    );
  } catch (cause) {
    return hookError("the context", cause);
  }
}
