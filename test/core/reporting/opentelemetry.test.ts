import { createTracker } from "@avantlink-s2s/core";
import { openTelemetry } from "@avantlink-s2s/core/opentelemetry";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { context, SpanStatusCode } from "@opentelemetry/api";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { afterEach, expect, test } from "vitest";
import { eventLog } from "../../support/events.ts";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

class ManualReader extends MetricReader {
  protected override async onShutdown() {}
  protected override async onForceFlush() {}
}

/** A shop that reports to OpenTelemetry, with what it reported. */
async function aWatchedShop() {
  const spans = new InMemorySpanExporter();
  const traces = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  traces.register();
  const reader = new ManualReader();
  const meters = new MeterProvider({ readers: [reader] });
  const listener = openTelemetry({ tracer: traces.getTracer("test"), meter: meters.getMeter("test") });
  const events = eventLog();
  const sandbox = await startSandbox();
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    retry: { baseDelayMs: 1 },
    onEvent(event) {
      listener.onEvent(event);
      events.onEvent(event);
    },
  });
  ends.push(
    () => sandbox.close(),
    () => tracker.close({ timeoutMs: 0 }),
    () => traces.shutdown(),
    () => meters.shutdown(),
    () => context.disable(),
  );

  /** Every value of a metric, by its labels. */
  async function metric(name: string): Promise<readonly (readonly [labels: object, value: unknown])[]> {
    const { resourceMetrics, errors } = await reader.collect();
    expect(errors).toEqual([]);
    const found = resourceMetrics.scopeMetrics
      .flatMap(({ metrics }) => metrics)
      .find(({ descriptor }) => descriptor.name === name);
    return (found?.dataPoints ?? []).map(({ attributes, value }) => [attributes, value]);
  }

  const spanNamed = (name: string) => spans.getFinishedSpans().find((span) => span.name === name);
  return { sandbox, tracker, listener, events, metric, spanNamed, tracer: traces.getTracer("shop") };
}

test("an order's way is counted and timed, attempt by attempt", async () => {
  const shop = await aWatchedShop();
  shop.sandbox.fail({ status: 503, times: 2 });
  await shop.tracker.trackOrder(anOrder(), aContext());
  await shop.events.waitFor("delivered");
  await shop.tracker.trackOrder(anOrder(), aContext());
  expect(await shop.metric("avantlink.accepted")).toEqual([[{ "avantlink.kind": "order" }, 1]]);
  expect(await shop.metric("avantlink.retried")).toEqual([
    [{ "avantlink.kind": "order", "error.type": "delivery.failed" }, 2],
  ]);
  expect(await shop.metric("avantlink.delivered")).toEqual([[{ "avantlink.kind": "order" }, 1]]);
  expect(await shop.metric("avantlink.duplicate")).toEqual([
    [{ "avantlink.kind": "order", "avantlink.state": "delivered" }, 1],
  ]);
  const [[, time] = []] = await shop.metric("avantlink.delivery.duration");
  const [delivered] = shop.events.of("delivered");
  expect(time).toMatchObject({ count: 1, sum: (delivered?.afterMs ?? Number.NaN) / 1000 });
});

test("a delivered order is one span from its acceptance to AvantLink's confirmation, in a trace of its own", async () => {
  const shop = await aWatchedShop();
  await shop.tracer.startActiveSpan("a page", async (page) => {
    await shop.tracker.trackOrder(anOrder(), aContext());
    page.end();
  });
  const [{ afterMs } = { afterMs: Number.NaN }] = await shop.events.waitFor("delivered");
  const page = shop.spanNamed("a page");
  const accepted = shop.spanNamed("avantlink.order.accepted");
  const delivered = shop.spanNamed("avantlink.order.delivered");
  expect(accepted?.parentSpanContext?.spanId).toBe(page?.spanContext().spanId);
  expect(delivered?.parentSpanContext).toBeUndefined();
  expect(delivered?.attributes).toMatchObject({ "avantlink.order_number": "1001", "avantlink.attempts": 1 });
  const [seconds = 0, nanoseconds = 0] = delivered?.duration ?? [];
  expect(Math.round(seconds * 1e3 + nanoseconds / 1e6)).toBe(afterMs);
});

test("a refused order is a span with an error, and a dead letter in the count", async () => {
  const shop = await aWatchedShop();
  shop.sandbox.fail({ status: 422 });
  await shop.tracker.trackOrder(anOrder(), aContext());
  await shop.events.waitFor("dead");
  const span = shop.spanNamed("avantlink.order.dead");
  expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: "delivery.refused" });
  expect(await shop.metric("avantlink.dead")).toEqual([
    [{ "avantlink.kind": "order", "error.type": "delivery.refused" }, 1],
  ]);
});

test("no span and no metric holds anything of an order but its number", async () => {
  const shop = await aWatchedShop();
  shop.sandbox.fail({ status: 503, times: 1 });
  await shop.tracker.trackOrder(anOrder(), aContext());
  await shop.tracker.trackOrder(anOrder({ orderNumber: "1002", currency: "dollars" }), aContext());
  await shop.events.waitFor("delivered");
  const names = ["accepted", "delivered", "retrying", "rejected"];
  const written = JSON.stringify([
    ...names.map((name) => {
      const { attributes, status } = shop.spanNamed(`avantlink.order.${name}`) ?? expect.unreachable(name);
      return { attributes, status };
    }),
    ...(await shop.metric("avantlink.accepted")),
    ...(await shop.metric("avantlink.rejected")),
  ]);
  for (const secret of [
    "249.95",
    "TENT-2P",
    "SAVE10",
    "dollars",
    "203.0.113.7",
    "77_f3afbe121",
    "shop.example",
  ])
    expect(written).not.toContain(secret);
});

test("what waits in the outbox is read whenever metrics are, until that is ended", async () => {
  const shop = await aWatchedShop();
  const end = shop.listener.observe(shop.tracker);
  const lift = shop.sandbox.fail({ status: 422 });
  await shop.tracker.trackOrder(anOrder(), aContext());
  await shop.events.waitFor("dead");
  lift();
  shop.sandbox.fail({ status: 429, headers: { "retry-after": "600" } });
  await shop.tracker.trackOrder(anOrder({ orderNumber: "1002" }), aContext());
  expect(await shop.metric("avantlink.outbox.pending")).toEqual([[{}, 1]]);
  expect(await shop.metric("avantlink.outbox.dead")).toEqual([[{}, 1]]);
  const [[, age] = []] = await shop.metric("avantlink.outbox.oldest_pending_age");
  expect(age).toBeGreaterThanOrEqual(0);
  end();
  await shop.tracker.trackOrder(anOrder({ orderNumber: "1003" }), aContext());
  expect(await shop.metric("avantlink.outbox.pending")).toEqual([[{}, 1]]);
});

test("an order that the shop skips for a reason of its own is counted under one label", async () => {
  const shop = await aWatchedShop();
  for (const reason of ["wholesale of Jane Doe", "staff", "unpaid"] as const) {
    const event = { type: "skipped", kind: "order", orderNumber: "7", reason, findings: [] } as const;
    shop.listener.onEvent(event);
  }
  expect(await shop.metric("avantlink.skipped")).toEqual([
    [{ "avantlink.kind": "order", "avantlink.reason": "shop" }, 2],
    [{ "avantlink.kind": "order", "avantlink.reason": "unpaid" }, 1],
  ]);
});
