// The worker: delivers to AvantLink what the web processes accepted. Run two, so that one may die. All of it is ours.
import express from "express";
import { log } from "./log.ts";
import { openTracker } from "./tracker.ts";
import { askedToEnd, serve, stopServing } from "./web-process.ts";

const REPORT_MS = 60_000;
const TOO_LONG_MS = 15 * 60_000;

const ending = askedToEnd();
const { tracker, close } = await openTracker({ deliver: true });
const app = express();

// Healthy while it is live and the outbox answers: a worker cannot help it when AvantLink is away, and a restart would
// not either. In a dry run a worker delivers nothing.
app.get("/health", async (_request, response) => {
  const { ok, mode, totals, oldestPendingMs, lastDeliveredAt, lastFailure } = await tracker.health();
  response
    .status(mode === "live" && totals ? 200 : 503)
    .json({ ok, mode, totals, oldestPendingMs, lastDeliveredAt, lastFailure });
});

async function report(): Promise<void> {
  const { mode, totals, oldestPendingMs = 0 } = await tracker.health();
  if (mode !== "live") return log("warn", "outbox", { mode });
  if (!totals) return log("error", "outbox.away");
  const { pending, dead } = totals;
  const isWell = dead === 0 && oldestPendingMs <= TOO_LONG_MS;
  log(isWell ? "info" : "warn", "outbox", { mode, pending, oldestPendingMs, dead });
}

const server = await serve(app, 4032);
const reporting = setInterval(report, REPORT_MS);
await report();
await ending;
clearInterval(reporting);
await stopServing(server);
// Finishes what is being sent. What is not, another worker sends; what AvantLink has not confirmed stays in PostgreSQL.
await close();
