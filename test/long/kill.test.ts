import { describe, test } from "vitest";
import { aStore, DURABLE } from "../support/stores.ts";
import { killRun } from "./kill-run.ts";

// A dead worker's orders wait for their lease, so this takes a minute; `pnpm test:kill` runs it at any length.
const skipped = process.env.CI ? "" : " (skipped: takes a minute; runs with CI=true)";

describe.skipIf(skipped)(`shops that are killed while they take orders${skipped}`, () => {
  test.concurrent.for(DURABLE)(
    "lose none that they acknowledged, and repeat none without a reason: %s",
    { timeout: 240_000 },
    async (kind, { expect, onTestFinished }) => {
      const store = await aStore(kind);
      if ("missing" in store) throw new Error(store.missing);
      onTestFinished(() => store.end());
      const report = await killRun({ address: store.address, victim: "shop", kills: 4, rate: 30 });
      expect(report).toMatchObject({
        missing: [],
        unexplained: [],
        brokenPages: 0,
        totals: { pending: 0, dead: 0 },
      });
      expect(report.unsettled).toBeLessThanOrEqual(report.mayRepeat);
      expect(report.acknowledged).toBeGreaterThan(20);
    },
  );
});
