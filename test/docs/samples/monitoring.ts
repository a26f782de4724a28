import { openTelemetry } from "@avantlink-s2s/core/opentelemetry";
import { createTracker } from "@avantlink-s2s/express";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import express from "express";
import { mayBeLost } from "./may-be-lost.ts"; // see Events

const exporter = new PrometheusExporter({ host: "127.0.0.1", port: 9464 }); // http://127.0.0.1:9464/metrics
const meter = new MeterProvider({ readers: [exporter] }).getMeter("avantlink-s2s");
const telemetry = openTelemetry({ meter });
const tracker = createTracker({
  merchantId: process.env.AVANTLINK_MERCHANT_ID,
  onEvent(event) {
    telemetry.onEvent(event);
    // With onEvent, nothing else is printed.
    if ("error" in event) console.warn(event.type, event.error.message);
    else if (mayBeLost(event)) console.warn(event.type, event.orderNumber, event);
  },
});
telemetry.observe(tracker); // what waits, what is dead, and for how long the oldest has been waiting

const app = express();
app.get("/internal/orders", async (_req, res) => {
  res.json(await tracker.health());
});
app.listen(3000);
