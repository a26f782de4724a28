import { startSandbox } from "@avantlink-s2s/sandbox";
import { describe, test } from "vitest";
import { startChild } from "../support/child.ts";
import { aStore, DURABLE } from "../support/stores.ts";
import { killRun } from "./kill-run.ts";
import type { ShopNews, ShopSettings } from "./shop.ts";

// The orders of a killed worker wait half a minute for the end of their lease. All tests wait at the same time, which
// takes a minute. `pnpm test:kill` runs the first test at any length.

describe("shops that are killed while they accept orders", { concurrent: true }, () => {
  test.concurrent.for(DURABLE)(
    "lose no acknowledged order, and repeat none without a reason: %s",
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

describe("a worker that is stopped for longer than its lease", { concurrent: true }, () => {
  test.concurrent.for(DURABLE)(
    "settles no job when it continues: %s",
    { timeout: 120_000 },
    async (kind, { expect, onTestFinished }) => {
      const store = await aStore(kind);
      if ("missing" in store) throw new Error(store.missing);
      onTestFinished(() => store.end());
      const sandbox = await startSandbox();
      onTestFinished(() => sandbox.close());
      const settings: ShopSettings = { address: store.address, endpoint: sandbox.url, concurrency: 1 };
      const open = async () => {
        const shop = startChild<never, ShopNews>(new URL("./shop.ts", import.meta.url), settings);
        onTestFinished(() => shop.kill());
        const news = await shop.next("listening");
        return { ...shop, url: `http://127.0.0.1:${news.kind === "listening" ? news.port : 0}` };
      };
      const totals = async (url: string) => (await fetch(`${url}/totals`)).json();

      const stopped = await open();
      const lift = sandbox.fail({ delayMs: 2_000 });
      expect(await (await fetch(`${stopped.url}/receipt/1`)).json()).toEqual({ status: "accepted" });
      await sandbox.waitForRequests(1, { timeoutMs: 10_000 });
      stopped.process.kill("SIGSTOP");
      lift();

      // AvantLink answered, but the worker is stopped: another worker sends the order again within a minute.
      const other = await open();
      await sandbox.waitForOrders(2, { timeoutMs: 60_000 });
      await other.next("verdict");
      await expect
        .poll(() => totals(other.url), { timeout: 5_000 })
        .toMatchObject({ delivered: 1, pending: 0 });

      stopped.process.kill("SIGCONT");
      await stopped.next("verdict");
      expect(await (await fetch(`${stopped.url}/receipt/2`)).json()).toEqual({ status: "accepted" });
      await sandbox.waitForOrders(3, { timeoutMs: 10_000 });
      await expect
        .poll(() => totals(other.url), { timeout: 10_000 })
        .toEqual({ accepted: 2, delivered: 2, pending: 0, dead: 0, removed: 0 });
      expect(sandbox.requests).toHaveLength(3);
    },
  );
});
