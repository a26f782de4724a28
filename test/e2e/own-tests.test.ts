import { createTracker, trackClicks, trackOrders } from "@avantlink-s2s/express";
import { startSandbox } from "@avantlink-s2s/sandbox";
import express from "express";
import request from "supertest";
import { expect, test } from "vitest";
import { anOrder, MERCHANT_ID } from "../support/orders.ts";

test("the README's test of a shop's own suite passes as printed: an order in order has no finding", async () => {
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

  const shopper = request.agent(app).set("User-Agent", "Mozilla/5.0");
  await shopper.get("/?avad=77_f3afbe121");
  await shopper.get("/checkout/thank-you");
  const [order] = await sandbox.waitForOrders(1);
  expect(order?.findings).toEqual([]);
  await tracker.close();
  await sandbox.close();
});
