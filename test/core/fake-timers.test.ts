import { createTracker } from "@avantlink-s2s/core";
import { createTracker as createExpressTracker, trackOrders } from "@avantlink-s2s/express";
import { startSandbox } from "@avantlink-s2s/sandbox";
import express from "express";
import request from "supertest";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { aContext, anOrder, MERCHANT_ID } from "../support/orders.ts";

const sandbox = await startSandbox();
// What a shop's own suite may do around all of its tests.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  sandbox.reset();
});
afterAll(() => sandbox.close());

test("under a suite's fake timers an order is sent, and flush and close resolve", async () => {
  const tracker = createTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url });
  await tracker.trackOrder(anOrder(), aContext());
  expect(await tracker.flush()).toMatchObject({ delivered: 1, pending: 0 });
  expect(await tracker.close()).toMatchObject({ delivered: 1 });
});

test("under a suite's fake timers a page's order is sent", async () => {
  const tracker = createExpressTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url });
  const app = express();
  app.get(
    "/thanks",
    trackOrders(tracker, () => anOrder()),
    (_, response) => void response.send("thanks"),
  );
  await request(app).get("/thanks");
  await tracker.close();
  expect(sandbox.orders).toHaveLength(1);
});
