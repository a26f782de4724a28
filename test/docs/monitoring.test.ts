import { createTracker, memoryOutbox, type TrackingEvent } from "@avantlink-s2s/core";
import { openTelemetry } from "@avantlink-s2s/core/opentelemetry";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { expect, onTestFinished, test, vi } from "vitest";
import { read } from "../repo/sources.ts";
import { eventLog } from "../support/events.ts";
import { freePort } from "../support/free-port.ts";
import { aContext, anOrder, MERCHANT_ID } from "../support/orders.ts";
import { lines } from "./samples/logger.ts";

/** The metrics of a shop that delivered an order, skipped one, keeps a dead letter, and waits, as Prometheus reads them. */
async function metricsOfAShop(): Promise<string> {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const port = await freePort();
  const exporter = new PrometheusExporter({ host: "127.0.0.1", port });
  const provider = new MeterProvider({ readers: [exporter] });
  onTestFinished(() => provider.shutdown());
  const telemetry = openTelemetry({ meter: provider.getMeter("avantlink-s2s") });
  const log = eventLog();
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    outbox: memoryOutbox(),
    retry: { baseDelayMs: 600_000, maxDelayMs: 900_000 },
    onEvent(event) {
      telemetry.onEvent(event);
      log.onEvent(event);
    },
  });
  onTestFinished(async () => void (await tracker.close({ timeoutMs: 0 })));
  telemetry.observe(tracker);
  await tracker.trackOrder(anOrder(), aContext());
  await log.waitFor("delivered");
  await tracker.trackOrder(anOrder({ orderNumber: "1002", currency: "dollars" }), aContext());
  await tracker.trackOrder(anOrder({ orderNumber: "1003" }), aContext({ consent: "denied" }));
  sandbox.fail({ status: 503 });
  await tracker.trackOrder(anOrder({ orderNumber: "1004" }), aContext());
  await log.waitFor("retrying");
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

/** Counters that this shop has no reason to count. */
const NOT_COUNTED_HERE = ["avantlink_not_stored_total", "avantlink_problem_total"];

test("alerts and dashboard ask for metrics and labels that the exporter has", async () => {
  const metrics = await metricsOfAShop();
  const asked = [read("docs/prometheus-alerts.yml"), read("docs/grafana-dashboard.json")].join("\n");
  const names = new Set(asked.match(/\bavantlink_(?!kind|reason)\w+/g));
  expect(names.size).toBeGreaterThan(8);
  for (const name of names) {
    const known = NOT_COUNTED_HERE.includes(name) || metrics.includes(`\n${name}`);
    expect(known, name).toBe(true);
  }
  for (const label of [
    'avantlink_kind="order"',
    'avantlink_reason="consent"',
    'error_type="delivery.failed"',
  ])
    expect(metrics).toContain(label);
});

test("an alert on a counter sees the first count of a process, and the lack of any", () => {
  const rules = read("docs/prometheus-alerts.yml").split("- alert:").slice(1);
  const counting = rules.filter((rule) => rule.includes("increase("));
  expect(counting).toHaveLength(3);
  for (const rule of counting) {
    const [, counter = "", window = ""] = /increase\((\w+(?:\{.*?\})?)\[(\w+)\]/.exec(rule) ?? [];
    expect(rule).toContain(`${counter} unless ${counter} offset ${window}`);
    if (rule.includes("== 0")) expect(rule).toContain("or vector(0)");
  }
});

/** Every type of event. The type holds this list complete. */
const EVENT_TYPES: Record<TrackingEvent["type"], true> = {
  accepted: true,
  delivered: true,
  duplicate: true,
  skipped: true,
  rejected: true,
  "not-stored": true,
  retrying: true,
  dead: true,
  problem: true,
};

test("the page lists every type of event", () => {
  const [, section = ""] = read("docs/monitoring.md").split("\n## Events\n");
  const [table = ""] = section.split("\n## ");
  const listed = [...table.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, type]) => type);
  expect(listed).toEqual(Object.keys(EVENT_TYPES));
});

test("the logger of the page gets an order's events, as warnings where an order may be missing", async () => {
  vi.stubEnv("AVANTLINK_MERCHANT_ID", MERCHANT_ID);
  vi.stubEnv("AVANTLINK_ENDPOINT", "http://127.0.0.1:9");
  const { tracker } = await import("./samples/events.ts");
  vi.unstubAllEnvs();
  await tracker.trackOrder(anOrder({ currency: "dollars" }), aContext());
  await tracker.trackOrder(undefined, aContext());
  await tracker.trackOrder(anOrder({ orderNumber: "1002" }), aContext());
  await tracker.trackOrder(anOrder({ orderNumber: "1002" }), aContext());
  await tracker.trackOrder(anOrder({ orderNumber: "1002", subtotal: "1.00" }), aContext());
  await tracker.close({ timeoutMs: 0 });
  const logged = lines.map((line) => JSON.parse(line)).filter(({ type }) => type !== "retrying");
  expect(logged).toMatchObject([
    { level: "warn", type: "rejected", orderNumber: "1001", message: expect.stringContaining("currency: ") },
    { level: "warn", type: "skipped", reason: "no-order" },
    { level: "info", type: "accepted" },
    { level: "info", type: "duplicate" },
    { level: "warn", type: "duplicate" },
  ]);
});
