import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { systemRuntime } from "@avantlink-s2s/core/adapter";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { aJob } from "@avantlink-s2s/outbox/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { loadDriver } from "../../packages/outbox/src/sqlite/driver.ts";

const openDatabase = await loadDriver();

test("an order is stored while a shop's test suite holds the timers, and turns them on", async () => {
  const folder = await mkdtemp(join(tmpdir(), "avantlink-outbox-"));
  const path = join(folder, "orders.db");
  const outbox = sqliteOutbox({ path });
  onTestFinished(async () => {
    vi.useRealTimers();
    await outbox.close();
    await rm(folder, { recursive: true });
  });
  await outbox.open(systemRuntime, () => {});
  vi.useFakeTimers();
  const other = openDatabase(path);
  other.exec("BEGIN IMMEDIATE");
  const putting = outbox.put(aJob("1"));
  // By then the order is with the thread, which waits for the lock.
  for (let turns = 0; turns < 10; turns += 1) await setImmediate();
  vi.advanceTimersByTime(60_000);
  other.exec("COMMIT");
  other.close();
  expect(await putting).toEqual({ status: "accepted" });
  expect(await outbox.put(aJob("2"))).toEqual({ status: "accepted" });
});
