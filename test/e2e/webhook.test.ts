import {
  createTracker,
  memoryOutbox,
  packContext,
  trackClicks,
  trackOrders,
  unpackContext,
} from "@avantlink-s2s/express";
import { startSandbox } from "@avantlink-s2s/sandbox";
import express from "express";
import request from "supertest";
import { afterAll, afterEach, expect, test } from "vitest";
import { stripeOrder } from "../../packages/orders/src/stripe.ts";
import { STRIPE_SESSION } from "../orders/fixtures/stripe.ts";
import { MERCHANT_ID } from "../support/orders.ts";

const sandbox = await startSandbox();
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/** A shop that sells through Stripe: the session is made at checkout, and both page and webhook see it paid. */
function stripeShop({ waitForDeliveryMs = 5000, outbox = memoryOutbox() } = {}) {
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    outbox,
    onEvent: () => {},
  });
  let session: { readonly metadata: Record<string, string> } = { ...STRIPE_SESSION, metadata: {} };
  const mapped = () => stripeOrder(session, { newCustomer: true });
  const app = express();
  app.set("trust proxy", 1);
  app.use(trackClicks(tracker));
  app.get("/", (_, res) => void res.send("home"));
  app.post("/checkout", async (req, res) => {
    const metadata = { ...packContext(await tracker.contextOf(req)), order_number: "LL-1" };
    session = { ...STRIPE_SESSION, metadata };
    res.redirect(303, "https://checkout.example/pay");
  });
  app.get(
    "/thank-you",
    trackOrders(tracker, mapped, (_, res) => void res.send("thank you")),
  );
  app.post("/webhooks/stripe", express.raw({ type: "application/json" }), async (_, res) => {
    const options = { waitForDeliveryMs };
    const receipt = await tracker.trackOrder(mapped(), unpackContext(session.metadata), options);
    const waiting =
      receipt.status === "accepted" || (receipt.status === "duplicate" && receipt.state === "pending");
    res.sendStatus(waiting && !outbox.durable ? 503 : 200);
  });
  return { app, tracker };
}

const webhook = (app: express.Express) =>
  request(app)
    .post("/webhooks/stripe")
    .set({ "User-Agent": "Stripe/1.0", "X-Forwarded-For": "198.51.100.1" })
    .type("json")
    .send("{}");

test("a shopper who never reaches the thank-you page is tracked by the webhook, as the shopper", async () => {
  const { app, tracker } = stripeShop();
  const shopper = {
    Host: "shop.example",
    "User-Agent": BROWSER,
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Proto": "https",
  };
  const landing = await request(app).get("/?avad=77_f3").set(shopper);
  const Cookie =
    landing
      .get("Set-Cookie")
      ?.map((line) => line.split(";", 1)[0])
      .join("; ") ?? "";
  await request(app)
    .post("/checkout")
    .set({ ...shopper, Cookie, Referer: "https://shop.example/cart" });

  expect((await webhook(app)).status).toBe(200);

  const [click] = sandbox.clicks;
  const [order] = sandbox.orders;
  expect(order?.click).toBe(click?.id);
  expect(order?.body).toMatchObject({
    user_agent: BROWSER,
    user_ip_address: "203.0.113.7",
    current_url: "https://shop.example/checkout",
    referrer_url: "https://shop.example/cart",
    tracking_ids: { avantlink_avad: "77_f3" },
    order: {
      order_number: "LL-1",
      order_amount_subtotal: 39.65,
      currency: "GBP",
      coupon_codes: ["SPRING20"],
    },
  });
  await tracker.close();
});

test("page and webhook of one payment are one order, whichever comes first", async () => {
  const { app, tracker } = stripeShop();
  await request(app).post("/checkout");
  const answers = await Promise.all([
    webhook(app),
    request(app).get("/thank-you"),
    webhook(app),
    request(app).get("/thank-you"),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  await tracker.flush();
  expect(sandbox.requests).toHaveLength(1);
  await tracker.close();
});

test("on a memory outbox, an order that AvantLink has not confirmed makes the platform ask again", async () => {
  const lift = sandbox.fail({ status: 500 });
  const { app, tracker } = stripeShop({ waitForDeliveryMs: 100 });
  await request(app).post("/checkout");
  expect((await webhook(app)).status).toBe(503);
  expect((await webhook(app)).status).toBe(503);
  lift();
  await sandbox.waitForOrders(1);
  await tracker.flush();
  expect((await webhook(app)).status).toBe(200);
  expect(sandbox.orders).toHaveLength(1);
  await tracker.close();
});
