import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createTracker } from "@avantlink-s2s/core";
import { type ReceivedRequest, startSandbox } from "@avantlink-s2s/sandbox";
import { context, propagation, trace } from "@opentelemetry/api";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { afterEach, expect, test } from "vitest";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** What the protocol needs and what is ours; no other header may leave. */
const LISTED = ["accept", "connection", "content-length", "content-type", "host", "user-agent"];

const headersOf = ({ rawHeaders }: ReceivedRequest) => rawHeaders.map(([name]) => name.toLowerCase()).sort();

async function aShop() {
  const sandbox = await startSandbox();
  const tracker = createTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url });
  ends.push(
    () => sandbox.close(),
    () => tracker.close(),
  );
  return { sandbox, tracker };
}

interface UndiciRequest {
  headers: string[];
  addHeader(name: string, value: string): void;
}

/** Adds headers to every request by every way there is, as an agent for monitoring would. */
function watchRequests(names: readonly string[]): readonly string[] {
  const seen: string[] = [];
  const add = (message: unknown) => {
    const { request } = message as { request: UndiciRequest };
    seen.push("request");
    for (const name of names) {
      request.addHeader(name, "1");
      request.headers.push(`${name}-pushed`, "1");
      request.headers = [...request.headers, `${name}-assigned`, "1"];
    }
  };
  subscribe("undici:request:create", add);
  ends.push(() => unsubscribe("undici:request:create", add));
  return seen;
}

const TRACING = [
  "traceparent",
  "tracestate",
  "baggage",
  "b3",
  "sentry-trace",
  "x-datadog-trace-id",
  "newrelic",
];

test("a subscriber that was there first adds no header to a delivery", async () => {
  const seen = watchRequests(TRACING);
  const { sandbox, tracker } = await aShop();
  await tracker.trackOrder(anOrder(), aContext());
  const [request] = await sandbox.waitForRequests(1);
  expect(seen).toHaveLength(1);
  expect(request && headersOf(request)).toEqual(LISTED);
});

test("a subscriber that came later adds no header to a delivery either", async () => {
  const { sandbox, tracker } = await aShop();
  await tracker.trackOrder(anOrder(), aContext(), { waitForDeliveryMs: 5_000 });
  const seen = watchRequests(TRACING);
  await tracker.trackOrder(anOrder({ orderNumber: "1002" }), aContext());
  await tracker.trackClick(aContext());
  const [, order, click] = await sandbox.waitForRequests(3);
  expect(seen).toHaveLength(2);
  expect(order && headersOf(order)).toEqual(LISTED);
  expect(click && headersOf(click)).toEqual(LISTED);
});

test("a watched request is byte for byte the same", async () => {
  const { sandbox, tracker } = await aShop();
  watchRequests(TRACING);
  await tracker.trackOrder(anOrder({ couponCodes: ["Größe 🏔"] }), aContext());
  const [order] = await sandbox.waitForOrders(1);
  expect(order?.raw).toContain("Größe 🏔");
  expect(order?.headers["user-agent"]).toMatch(/^avantlink-s2s\//);
  expect(order?.headers["content-type"]).toBe("application/json");
});

test("OpenTelemetry's own instrumentation of undici traces a delivery and adds no header to it", async () => {
  const spans = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  provider.register();
  const instrumentation = new UndiciInstrumentation();
  instrumentation.setTracerProvider(provider);
  instrumentation.enable();
  ends.push(async () => {
    instrumentation.disable();
    await provider.shutdown();
    trace.disable();
    context.disable();
    propagation.disable();
  });

  const { sandbox, tracker } = await aShop();
  await trace.getTracer("shop").startActiveSpan("a page", async (span) => {
    const carrier = {};
    propagation.inject(context.active(), carrier);
    // Unless a header would have been added, its absence says nothing.
    expect(carrier).toHaveProperty("traceparent");
    await fetch(`${sandbox.url}/merchants/x/tracking/other`, { method: "POST" });
    await tracker.trackOrder(anOrder(), aContext(), { waitForDeliveryMs: 5_000 });
    span.end();
  });
  const [other, delivery] = await sandbox.waitForRequests(2);
  expect(other && headersOf(other)).toContain("traceparent");
  expect(delivery && headersOf(delivery)).toEqual(LISTED);
  expect(spans.getFinishedSpans().map(({ attributes }) => attributes["url.path"])).toContain(
    `/merchants/${MERCHANT_ID}/tracking/order`,
  );
});
