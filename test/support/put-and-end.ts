import { systemRuntime } from "@avantlink-s2s/core/adapter";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { aJob } from "@avantlink-s2s/outbox/testing";

// Puts an order, delivers it, prints what was reported, and leaves the outbox open.
const outbox = sqliteOutbox({ path: process.argv[2] ?? "" });
const reported: string[] = [];
await outbox.open(systemRuntime, ({ code }) => reported.push(code));
const { status } = await outbox.put(aJob("1"));
const due = await outbox.deliverDue(async () => ({ status: "delivered" }), {
  concurrency: 1,
  timeoutMs: 60_000,
});
console.log(JSON.stringify({ status, delivered: due.delivered, reported }));
