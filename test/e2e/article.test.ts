import { createTracker } from "@avantlink-s2s/core";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, afterEach, expect, test } from "vitest";
import { MERCHANT_ID } from "../support/orders.ts";

const sandbox = await startSandbox();
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const BROWSER =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/91.0.4472.124 Safari/537.36";

/** The order of AvantLink's article, as its samples write it: amounts as text, blank IDs, a country of three letters. */
const sample = {
  current_url: "http://google.com",
  tracking_ids: { user_id: [""], visitor_id: [""], avantlink_avad: "77_f3afbe121" },
  user_agent: BROWSER,
  user_ip_address: "127.0.0.1",
  referrer_url: "https://google.com",
  google_click_id: "",
  custom_tracking_code: "",
  order: {
    order_number: "12345",
    order_amount_subtotal: "100.00",
    currency: "USD",
    coupon_codes: ["free-shipping"],
    customer: { new_customer: false, country: "USA", region: "", state: "UT" },
    products: [{ product_sku: "sku-1", product_amount: "50.00", quantity: "2" }],
  },
};

test("AvantLink's own way of writing an order is accepted, with findings for its oddities", async () => {
  const answer = await fetch(`${sandbox.url}/merchants/${MERCHANT_ID}/tracking/order`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json",
      "User-Agent": "my-server/1.0",
    },
    body: JSON.stringify(sample),
  });
  expect([answer.status, await answer.json()]).toEqual([200, { success: true }]);
  expect(sandbox.orders[0]?.findings.length).toBeGreaterThan(0);
});

test("our payload for the same order has no finding, beside its click", async () => {
  const tracker = createTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url });
  const context = {
    currentUrl: "https://google.com/thank-you",
    referrerUrl: "https://google.com/checkout",
    userAgent: BROWSER,
    ipAddress: "203.0.113.7",
    avad: "77_f3afbe121",
    visitorIds: ["2a1b6c1e-6f2f-4f57-9d0e-9a4f8f1f0a11"],
  };
  await tracker.trackClick({
    ...context,
    currentUrl: "https://google.com/?avad=77_f3afbe121",
    referrerUrl: undefined,
  });
  await sandbox.waitForClicks(1);
  const receipt = await tracker.trackOrder(
    {
      orderNumber: "12345",
      currency: "usd",
      subtotal: "100.00",
      couponCodes: ["free-shipping"],
      customer: { newCustomer: false, country: "USA", region: "", state: "UT" },
      products: [{ sku: "sku-1", unitPrice: "50.00", quantity: 2 }],
    },
    context,
    { waitForDeliveryMs: 5000 },
  );
  expect(receipt).toEqual({ status: "delivered", orderNumber: "12345", findings: [], shouldRetry: false });
  expect([...sandbox.clicks, ...sandbox.orders].map(({ findings }) => findings)).toEqual([[], []]);
  expect(sandbox.orders[0]).toMatchObject({
    click: sandbox.clicks[0]?.id,
    body: { order: { order_amount_subtotal: 100 } },
  });
  await tracker.close();
});

test("an order without any ID is answered as AvantLink documents it", async () => {
  const blank = { ...sample, tracking_ids: { user_id: [], visitor_id: [], avantlink_avad: "" } };
  const answer = await fetch(`${sandbox.url}/merchants/${MERCHANT_ID}/tracking/order`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(blank),
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({
    error: "You must provide at least one tracking id in order to generate a episode_id.",
    error_key: "client.model.merchants_tracking.tracking_ids.blank",
    exception: "InvalidArgumentException",
  });
});
