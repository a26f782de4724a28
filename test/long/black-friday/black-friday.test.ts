import { describe, test } from "vitest";
import { aStore, DURABLE } from "../../support/stores.ts";
import { faultsOf } from "./report.ts";
import { blackFriday } from "./run.ts";

// `pnpm test:black-friday` runs it at 667 orders a second and at any length, and compares page times and memory, which a
// machine that runs other tests meanwhile cannot.
describe("a short Black Friday with two outages and a kill", { concurrent: true }, () => {
  test.concurrent.for(DURABLE)(
    "loses no order, breaks no page, and doubles at most what the killed worker had under way: %s",
    { timeout: 300_000 },
    async (kind, { expect, onTestFinished }) => {
      const store = await aStore(kind);
      if ("missing" in store) throw new Error(store.missing);
      onTestFinished(() => store.end());
      const processes = kind === "sqlite" ? 1 : 2;
      const rate = kind === "sqlite" ? 100 : 30;
      const report = await blackFriday({ address: store.address, minutes: 1, rate, processes });
      expect(faultsOf(report)).toEqual([]);
      expect(report.arrived).toBeGreaterThan(rate * 30);
      expect(report.biggestBacklog).toBeGreaterThan(rate * 5);
    },
  );
});
