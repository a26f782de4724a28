import { createTracker, type TrackerOptions, trackClicks, trackOrders } from "@avantlink-s2s/express";
import { startSandbox } from "@avantlink-s2s/sandbox";
import express from "express";
import request from "supertest";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventLog } from "../support/events.ts";
import { anOrder, MERCHANT_ID } from "../support/orders.ts";

const sandbox = await startSandbox();
afterEach(() => sandbox.reset());
let events = eventLog();
beforeEach(() => {
  events = eventLog();
});

function aTracker(options: TrackerOptions = {}) {
  return createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    onEvent: events.onEvent,
    ...options,
  });
}

const BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

test("one purchase gives one click and one order, with the shopper's own context", async () => {
  const tracker = aTracker();
  const app = express();
  app.set("trust proxy", 1);
  app.use(trackClicks(tracker));
  app.use(
    "/checkout/thank-you",
    trackOrders(tracker, (_, res) => res.locals.order),
  );
  app.get("/", (_, res) => void res.send("home"));
  app.get("/checkout/thank-you", (_, res) => {
    res.locals.order = anOrder();
    res.send("thank you");
  });
  const browser = request
    .agent(app)
    .set("User-Agent", BROWSER)
    .set("X-Forwarded-For", "6.6.6.6, 203.0.113.7")
    .set("X-Forwarded-Proto", "https")
    .set("Host", "shop.example");
  const landing = await browser.get("/?avad=77_f3%2B%2F%3D%25%22%C3%BC+1&gclid=g1");
  expect(landing.headers["cache-control"]).toBe("private, no-store");
  console.log(landing.headers["set-cookie"]);
  const [click] = await sandbox.waitForClicks(1);
  await browser.get("/checkout/thank-you").set("Referer", "https://shop.example/checkout?email=a@b.c");
  await browser.get("/checkout/thank-you");
  const [order] = await sandbox.waitForOrders(1);
  console.log(click?.body, click?.findings, order?.raw, order?.findings, events.all);
  await tracker.close();
});
