import { openTelemetry } from "@avantlink-s2s/core/opentelemetry";
import { createTracker } from "@avantlink-s2s/express";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import express from "express";

const exporter = new PrometheusExporter({ host: "127.0.0.1", port: 9464 }); // http://127.0.0.1:9464/metrics
const meter = new MeterProvider({ readers: [exporter] }).getMeter("avantlink-s2s");
const telemetry = openTelemetry({ meter });
const tracker = createTracker({
  merchantId: process.env.AVANTLINK_MERCHANT_ID,
  onEvent(event) {
    telemetry.onEvent(event);
    if ("error" in event) console.warn(event.type, event.error.message); // with onEvent, nothing else is printed
  },
});
telemetry.observe(tracker); // what waits, what is dead, and for how long the oldest has been waiting

const app = express();
app.get("/internal/orders", async (_req, res) => {
  res.json(await tracker.health());
});
app.listen(3000);
