import { describe, test } from "vitest";
import { aStore, DURABLE } from "../support/stores.ts";
import { CONCURRENCY, outageRun } from "./outage-run.ts";

// `pnpm test:outage` runs it at any length.
const stores = await Promise.all(DURABLE.map(async (kind) => ({ kind, store: await aStore(kind) })));

describe("a short outage of AvantLink", () => {
  for (const { kind, store } of stores) {
    const missing = "missing" in store ? ` (skipped: ${store.missing})` : "";
    test.skipIf(missing)(
      `loses no order, keeps the bound, and does not delay a new order: ${kind}${missing}`,
      { timeout: 120_000 },
      async ({ expect, onTestFinished }) => {
        if ("missing" in store) return;
        onTestFinished(() => store.end());
        const report = await outageRun({ address: store.address, seconds: 3, orders: 200 });
        expect(report).toMatchObject({
          missing: [],
          repeats: 0,
          totals: { delivered: 201, pending: 0, dead: 0 },
        });
        expect(report.fastest).toBeLessThanOrEqual(report.bound);
        expect(report.overtook).toBeLessThanOrEqual(5 * CONCURRENCY);
        expect(report.attempts).toBeGreaterThan(50);
      },
    );
  }
});
