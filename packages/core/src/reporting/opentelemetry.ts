import { type Attributes, type Meter, metrics, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import type { OutboxTotals } from "../outbox/outbox.ts";
import { systemRuntime } from "../runtime.ts";
import { VERSION } from "../version.ts";
import type { TrackingEvent } from "./events.ts";
import { SKIP_REASONS } from "./skip-reasons.ts";

/** Where {@link openTelemetry} reports to. */
export interface OpenTelemetryOptions {
  /** Makes the spans. @default the globally registered provider's, named `avantlink-s2s` */
  readonly tracer?: Tracer | undefined;
  /** Makes the metrics. @default the globally registered provider's, named `avantlink-s2s` */
  readonly meter?: Meter | undefined;
}

/** Spans and metrics of what a tracker does. */
export interface OpenTelemetryListener {
  /** To be given to `createTracker` as `onEvent`. */
  readonly onEvent: (event: TrackingEvent) => void;
  /** Reports what waits in a tracker's outbox, and for how long, whenever metrics are read. Returns what ends it. */
  readonly observe: (tracker: ObservedTracker) => () => void;
}

/** A tracker, as far as its outbox is observed. */
export interface ObservedTracker {
  health(): Promise<{
    readonly totals?: OutboxTotals | undefined;
    readonly oldestPendingMs?: number | undefined;
  }>;
}

// What was decided while a shopper waited belongs to that request's trace; what happens to an order afterwards does
// not, whichever request happened to start the delivering.
const WITHIN_THE_REQUEST: ReadonlySet<string> = new Set([
  "accepted",
  "duplicate",
  "skipped",
  "rejected",
  "not-stored",
]);
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3_600, 86_400, 604_800];

/** Turns a tracker's events into OpenTelemetry's spans and metrics. None holds an order's content but its number. */
export function openTelemetry(options: OpenTelemetryOptions = {}): OpenTelemetryListener {
  const tracer = options.tracer ?? trace.getTracer("avantlink-s2s", VERSION);
  const meter = options.meter ?? metrics.getMeter("avantlink-s2s", VERSION);
  const counter = (name: string, description: string) =>
    meter.createCounter(`avantlink.${name}`, { description });
  const counters = {
    accepted: counter("accepted", "Orders and clicks taken to be delivered"),
    delivered: counter("delivered", "Orders and clicks that AvantLink confirmed"),
    retrying: counter("retried", "Failed attempts that are followed by another"),
    dead: counter("dead", "Orders and clicks given up after they were accepted"),
    duplicate: counter("duplicate", "Order numbers that were accepted before"),
    skipped: counter("skipped", "Orders and clicks not sent on purpose"),
    "not-stored": counter("not_stored", "Orders that the outbox did not take"),
    rejected: counter("rejected", "Orders and clicks not taken because something is wrong with them"),
    problem: counter("problem", "Failures beside orders and clicks: the outbox, a function of the shop's"),
  } satisfies Record<TrackingEvent["type"], unknown>;
  const deliveryTime = meter.createHistogram("avantlink.delivery.duration", {
    description: "From acceptance to AvantLink's confirmation, waiting between attempts included",
    unit: "s",
    advice: { explicitBucketBoundaries: SECONDS },
  });

  function onEvent(event: TrackingEvent): void {
    const attributes = labelsOf(event);
    counters[event.type].add(1, attributes);
    if (event.type === "delivered") deliveryTime.record(event.afterMs / 1000, attributes);

    const now = systemRuntime.now();
    const kind = event.type === "problem" ? "" : `.${event.kind}`;
    const span = tracer.startSpan(`avantlink${kind}.${event.type}`, {
      root: !WITHIN_THE_REQUEST.has(event.type),
      startTime: event.type === "delivered" ? now - event.afterMs : now,
      attributes: { ...attributes, ...detailsOf(event) },
    });
    if ("error" in event) span.setStatus({ code: SpanStatusCode.ERROR, message: event.error.code });
    span.end(now);
  }

  function observe(tracker: ObservedTracker): () => void {
    const pending = meter.createObservableGauge("avantlink.outbox.pending", {
      description: "Orders waiting for their delivery",
    });
    const dead = meter.createObservableGauge("avantlink.outbox.dead", {
      description: "Dead letters to look at",
    });
    const age = meter.createObservableGauge("avantlink.outbox.oldest_pending_age", {
      description: "How long the oldest order has been waiting",
      unit: "s",
    });
    const gauges = [pending, dead, age];
    const read: Parameters<Meter["addBatchObservableCallback"]>[0] = async (result) => {
      const { totals, oldestPendingMs } = await tracker.health();
      // An outbox that does not answer is a gap in the curve, not a zero.
      if (!totals) return;
      result.observe(pending, totals.pending);
      result.observe(dead, totals.dead);
      result.observe(age, (oldestPendingMs ?? 0) / 1000);
    };
    meter.addBatchObservableCallback(read, gauges);
    return () => meter.removeBatchObservableCallback(read, gauges);
  }

  return { onEvent, observe };
}

/** What an event is counted by. Each label has few values: a shop's own reason to skip counts as `shop`. */
function labelsOf(event: TrackingEvent): Attributes {
  const labels: Attributes = event.type === "problem" ? {} : { "avantlink.kind": event.kind };
  if ("error" in event) labels["error.type"] = event.error.code;
  if (event.type === "skipped")
    labels["avantlink.reason"] = event.reason in SKIP_REASONS ? event.reason : "shop";
  if (event.type === "duplicate") labels["avantlink.state"] = event.state;
  return labels;
}

function detailsOf(event: TrackingEvent): Attributes {
  const details: Attributes = {};
  if ("orderNumber" in event && event.orderNumber !== "")
    details["avantlink.order_number"] = event.orderNumber;
  if ("attempts" in event) details["avantlink.attempts"] = event.attempts;
  if ("findings" in event && event.findings.length > 0) {
    details["avantlink.findings"] = event.findings.map(({ code }) => code);
  }
  return details;
}
