import { createTracker } from "@avantlink-s2s/core";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { aContext, anOrder, MERCHANT_ID } from "./orders.ts";

// Asks a tracker whose SQLite outbox finds no driver, and prints what it says.
const tracker = createTracker({
  merchantId: MERCHANT_ID,
  endpoint: "http://127.0.0.1:9",
  outbox: sqliteOutbox({ path: process.argv[2] ?? "" }),
  onEvent: () => {},
});
const start = await tracker.start().then(
  () => "started",
  (error: { code: string }) => error.code,
);
const { ok, outbox } = await tracker.health();
const receipt = await tracker.trackOrder(anOrder(), aContext());
const { status, shouldRetry } = receipt;
const code = "error" in receipt ? receipt.error.code : undefined;
console.log(
  JSON.stringify({ start, health: { ok, durable: outbox.durable }, receipt: { status, shouldRetry, code } }),
);
process.exit(0);
