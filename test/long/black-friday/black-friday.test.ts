import { test } from "vitest";
import { aStore } from "../../support/stores.ts";
import { faultsOf } from "./report.ts";
import { blackFriday } from "./run.ts";

// At 100 orders a second: CI's two cores run other tests meanwhile. `pnpm test:black-friday` runs it at 667 and at any
// length, on each outbox, and compares page times and memory as well.
test("a short Black Friday with two outages and a kill loses no order, breaks no page, and doubles at most what was under way", {
  timeout: 400_000,
}, async ({ expect, onTestFinished }) => {
  const store = await aStore("sqlite");
  if ("missing" in store) throw new Error(store.missing);
  onTestFinished(() => store.end());
  const report = await blackFriday({ address: store.address, minutes: 1.5, rate: 100, processes: 1 });
  expect(faultsOf(report)).toEqual([]);
  expect(report.arrived).toBeGreaterThan(5_000);
  expect(report.biggestBacklog).toBeGreaterThan(500);
});
