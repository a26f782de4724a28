import { createTracker, trackClicks, trackOrders } from "@avantlink-s2s/express";
import { startSandbox } from "@avantlink-s2s/sandbox";
import express from "express";
import request from "supertest";
import { expect, test } from "vitest";
import { anOrder, MERCHANT_ID } from "../support/orders.ts";

test("a test of a shop's own suite sees the order with its click, and no finding", async () => {
  const sandbox = await startSandbox();
  const tracker = createTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url });
  const app = express();
  app.use(trackClicks(tracker));
  app.get("/", (_, response) => void response.send("home"));
  app.use(
    "/checkout/thank-you",
    trackOrders(tracker, () => anOrder()),
    (_, response) => void response.send("thanks"),
  );

  // The short "Mozilla/5.0" is a crawler's, whose landing sets no cookie.
  const browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
  const shopper = request.agent(app).set("User-Agent", browser);
  await shopper.get("/?avad=77_f3afbe121");
  await shopper.get("/checkout/thank-you");
  const [order] = await sandbox.waitForOrders(1);
  expect(order).toMatchObject({ attributedBy: "avantlink_avad", findings: [] });
  await tracker.close();
  await sandbox.close();
});
