import { createTracker } from "@avantlink-s2s/express";
import { startSandbox } from "@avantlink-s2s/sandbox";
import request from "supertest";
import { afterAll, afterEach, expect, test } from "vitest";
import { createShop } from "./shop.ts";

const sandbox = await startSandbox();
const tracker = createTracker({
  merchantId: "123e4567-e89b-12d3-a456-426614174000",
  endpoint: sandbox.url,
});
const app = createShop(tracker);
// A browser's whole name: the short "Mozilla/5.0" is a crawler's, and a crawler makes no click.
const BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
afterEach(() => sandbox.reset());
afterAll(async () => {
  await tracker.close();
  await sandbox.close();
});

test("an order arrives with its click, and nothing is wrong with it", async () => {
  const shopper = request.agent(app).set("User-Agent", BROWSER);
  await shopper.get("/?avad=77_f3afbe121");
  await sandbox.waitForClicks(1);
  await shopper.get("/checkout/thank-you");
  const [order] = await sandbox.waitForOrders(1);
  expect(order?.attributedBy).toBe("avantlink_avad");
  expect(order?.findings).toEqual([]);
});
