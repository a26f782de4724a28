import { startSandbox } from "@avantlink-s2s/sandbox";
import { expect, onTestFinished, test } from "vitest";
import { startChild } from "../support/child.ts";
import type { Confirm, ConfirmingNews, ConfirmingSettings } from "../support/confirming-process.ts";
import { aStore, DURABLE } from "../support/stores.ts";

const PROCESSES = 8;
const SHARED = Array.from({ length: 50 }, (_, index) => `shared-${index}`);
const own = (shop: number, count = 100) =>
  Array.from({ length: count }, (_, index) => `own-${shop}-${index}`);
const WARM = 20;

for (const kind of DURABLE) {
  const store = await aStore(kind);
  const title = `8 processes with 200 confirmations each make one POST an order: ${kind}`;

  test.skipIf("missing" in store)(
    "missing" in store ? `${title} (skipped: ${store.missing})` : title,
    { timeout: 240_000 },
    async () => {
      if ("missing" in store) return;
      onTestFinished(() => store.end());
      const sandbox = await startSandbox();
      onTestFinished(() => sandbox.close());
      const settings: ConfirmingSettings = { address: store.address, endpoint: sandbox.url };
      const module = new URL("../support/confirming-process.ts", import.meta.url);
      const shops = Array.from({ length: PROCESSES }, () => {
        const shop = startChild<Confirm, ConfirmingNews>(module, settings);
        onTestFinished(() => shop.kill());
        return shop;
      });
      await Promise.all(shops.map((shop) => shop.next("ready")));

      const confirm = async (numbers: (shop: number) => readonly string[]) => {
        for (const [index, shop] of shops.entries()) shop.send({ numbers: numbers(index) });
        const news = await Promise.all(shops.map((shop) => shop.next("confirmed")));
        return news.filter((one) => one.kind === "confirmed");
      };
      // Shops that have been open for a while: their code is compiled and their connections are made.
      await confirm((shop) => own(shop, WARM).map((number) => `warm-${number}`));
      await sandbox.waitForOrders(PROCESSES * WARM, { timeoutMs: 60_000 });
      sandbox.reset();

      // Each of the shared orders twice in each process, by page and by webhook.
      const news = await confirm((shop) => [...SHARED, ...own(shop), ...SHARED]);
      const orders = [...SHARED, ...shops.flatMap((_, shop) => own(shop))];
      // A machine that is busy with something else may not store everything in time. Such an order is sent at once
      // and may have been stored all the same, so it may be sent twice.
      const refused = new Set(news.flatMap((one) => one.refused));
      const stored = orders.filter((number) => !refused.has(number));
      expect(stored.length).toBeGreaterThan(orders.length / 4);
      const accepted = news.flatMap((one) => one.accepted);
      expect(accepted.filter((number) => !refused.has(number)).toSorted()).toEqual(stored.toSorted());

      const arrived = () =>
        sandbox.orders.map(({ body }) => (body as { order: { order_number: string } }).order.order_number);
      await expect.poll(() => new Set(arrived()).size, { timeout: 120_000 }).toBe(orders.length);
      expect(
        arrived()
          .filter((number) => !refused.has(number))
          .toSorted(),
      ).toEqual(stored.toSorted());
      expect(sandbox.requests.length).toBe(arrived().length);
    },
  );
}
