import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { aJob, bench, delivered, keyOf, REFUSED } from "@avantlink-s2s/outbox/testing";
import { expect, onTestFinished, test } from "vitest";
import { shiftedClock } from "../../support/shifted-clock.ts";

const FIXTURES = fileURLToPath(new URL("./fixtures/", import.meta.url));
const summary = { contentHash: "c0ffee", currency: "USD", subtotal: 261.95, lines: 2 };
const ACCEPTED_AT = Date.UTC(2026, 0, 1);

// Each version of the schema leaves a file here: one order delivered, waiting, dead, removed and fresh.
test.each(await readdir(FIXTURES))("a file of %s is opened with everything in it", async (name) => {
  const folder = await mkdtemp(join(tmpdir(), "avantlink-outbox-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "orders.db");
  await copyFile(join(FIXTURES, name), path);
  const outbox = sqliteOutbox({ path });
  onTestFinished(() => outbox.close());
  await outbox.open(shiftedClock(), () => {});
  expect(await outbox.totals()).toMatchObject({ accepted: 5, delivered: 1, removed: 1, dead: 1, pending: 2 });
  expect(await outbox.find(keyOf("delivered"))).toMatchObject({ status: "delivered", summary });
  expect(await outbox.find(keyOf("removed"))).toMatchObject({
    status: "removed",
    acceptedAt: ACCEPTED_AT + 3,
  });
  expect(await outbox.find(keyOf("dead"))).toMatchObject({
    ...aJob("dead", { acceptedAt: ACCEPTED_AT + 2, summary }),
    status: "dead",
    reason: REFUSED,
  });
  expect(await outbox.find(keyOf("waiting"))).toMatchObject({
    attempts: 1,
    lastAttempts: [{ answer: "HTTP 503" }],
  });
  const worker = await bench(outbox);
  for (const number of ["fresh", "waiting"]) {
    const { job, answer } = await worker.next();
    expect(job.orderNumber).toBe(number);
    answer(delivered);
  }
  await worker.stop();
  expect(await outbox.totals()).toMatchObject({ accepted: 5, delivered: 3, pending: 0 });
});
