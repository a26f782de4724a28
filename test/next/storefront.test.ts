import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, USER_AGENT } from "../../examples/demo/shopper.ts";
import { buy, land, plan, refresh } from "../../examples/demo/walk.ts";
import { type PaymentEvent, signatureOf } from "../../examples/next-storefront/lib/payments.ts";
import { Browser, sent } from "../conformance/harness.ts";
import { CHECKOUT } from "../support/checkout.ts";
import { BEHIND_A_PROXY } from "../support/storefront.ts";
import { submitForm } from "./forms.ts";
import { type NextStorefront, openStorefront, PAYMENT_SECRET, storefront } from "./open-storefront.ts";
import { cacheInFrontOf } from "./shared-cache.ts";

const PATIENT = { timeoutMs: 15_000 };
const sandbox = await startSandbox();
let shop: NextStorefront;
const silent = () => {};

beforeAll(async () => {
  shop = await openStorefront(sandbox.url, { SITE_URL: "http://shop.example", TRUST_PROXY: "1" });
});
afterEach(() => sandbox.reset());
afterAll(async () => {
  await shop.close();
  await sandbox.close();
});

describe("the storefront", () => {
  test("gives one click and one order for a purchase without scripts, and nothing for a refresh", async () => {
    const shopper = openBrowser(BEHIND_A_PROXY);
    const landing = await land(shopper, shop.url, plan, silent);
    const purchase = await buy(shopper, plan, silent);
    await refresh(shopper, purchase, silent);
    await refresh(shopper, purchase, silent);
    const [click] = await sandbox.waitForClicks(1, PATIENT);
    const [order] = await sandbox.waitForOrders(1, PATIENT);
    expect([click?.findings, order?.findings]).toEqual([[], []]);
    expect(order).toMatchObject({ click: click?.id, attributedBy: "avantlink_avad" });
    const shared = {
      tracking_ids: { user_id: [], visitor_id: [landing.visitor], avantlink_avad: "77_f3afbe121" },
      user_agent: USER_AGENT,
      user_ip_address: "203.0.113.7",
    };
    expect(click?.body).toMatchObject({
      ...shared,
      current_url: `http://shop.example${plan.landing}`,
      referrer_url: plan.affiliate,
    });
    expect(order?.body).toMatchObject({
      ...shared,
      current_url: "http://shop.example/checkout/thank-you",
      referrer_url: `${shop.url}/checkout`,
      order: { order_number: purchase.orderNumber, order_amount_subtotal: 280.37, coupon_codes: ["TRAIL15"] },
    });
    expect(order?.raw).not.toMatch(/sam|canyon/i);
    expect(sandbox.requests).toHaveLength(2);
  });

  test("accepts only a signed webhook, and its order is the page's own", async () => {
    const shopper = openBrowser(BEHIND_A_PROXY);
    await land(shopper, shop.url, plan, silent);
    const { orderNumber } = await buy(shopper, plan, silent);
    const [order] = await sandbox.waitForOrders(1, PATIENT);
    const event = latestPayment();
    expect(event.orderNumber).toBe(orderNumber);
    expect(event.metadata).toMatchObject({
      avantlink_avad: "77_f3afbe121",
      avantlink_user_agent: USER_AGENT,
      avantlink_ip_address: "203.0.113.7",
    });
    const body = JSON.stringify(event);
    expect(await webhook(body, "0".repeat(64))).toBe(400);
    expect(await webhook(body, signatureOf(body, PAYMENT_SECRET))).toBe(200);
    expect(sandbox.orders).toEqual([order]);
  });

  test("reads a webhook's body whole, also where Next would hand on no more than the beginning of it", async () => {
    const event = {
      type: "payment.succeeded",
      orderNumber: "none",
      metadata: { note: "x".repeat(11_000_000) },
    };
    const body = JSON.stringify(event);
    expect(await webhook(body, signatureOf(body, PAYMENT_SECRET))).toBe(404);
  });

  test("tracks an order of which only the webhook knows, as the shopper's", async () => {
    const shopper = new Browser({ url: shop.url, path: () => "/" }, { ...BEHIND_A_PROXY, origin: shop.url });
    await shopper.open("/?avad=77_f3afbe121");
    await submitForm(shopper, "/products/hearth-mug", { quantity: "3" });
    // The shopper pays and closes the browser.
    const paid = await submitForm(shopper, "/checkout", CHECKOUT, { referer: `${shop.url}/cart` });
    expect([paid.status, paid.headers.location]).toEqual([303, "/checkout/thank-you"]);
    const event = latestPayment();
    const body = JSON.stringify(event);
    expect(await webhook(body, signatureOf(body, PAYMENT_SECRET))).toBe(200);
    const [order] = await sandbox.waitForOrders(1, PATIENT);
    expect(order?.body).toMatchObject({
      user_agent: USER_AGENT,
      user_ip_address: "203.0.113.7",
      current_url: "http://shop.example/checkout",
      tracking_ids: { avantlink_avad: "77_f3afbe121" },
      order: { order_number: event.orderNumber, order_amount_subtotal: 43.5 },
    });
  });

  test("asks the payment's webhook to call again for an order that cannot be stored", async () => {
    const folder = mkdtempSync(join(tmpdir(), "next-storefront-"));
    const path = join(folder, "outbox.sqlite");
    await using full = await openStorefront(sandbox.url, { OUTBOX_PATH: path }, undefined, folder);
    const shopper = new Browser({ url: full.url, path: () => "/" }, { origin: full.url });
    // Answered once the tracker has started.
    await submitForm(shopper, "/products/hearth-mug", { quantity: "1" });
    sandbox.fail({ status: 503 });
    // Another process holds the outbox, so nothing can be stored.
    using other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    await submitForm(shopper, "/checkout", CHECKOUT);
    const body = JSON.stringify(latestPayment(full));
    expect(await webhook(body, signatureOf(body, PAYMENT_SECRET), full)).toBe(503);
    other.exec("ROLLBACK");
    sandbox.fail(null);
    expect(await webhook(body, signatureOf(body, PAYMENT_SECRET), full)).toBe(200);
    await sandbox.waitForOrders(1, PATIENT);
  });

  test("keeps an order through a crash, and delivers it at the next start without being asked", async () => {
    sandbox.fail({ status: 503 });
    const crashing = await openStorefront(sandbox.url);
    const shopper = openBrowser();
    await land(shopper, crashing.url, plan, silent);
    const { orderNumber } = await buy(shopper, plan, silent);
    await sandbox.waitForRequests(1, { ...PATIENT, where: ({ endpoint }) => endpoint === "order" });
    crashing.process.kill("SIGKILL");
    await crashing.exited;
    sandbox.reset();
    await using _again = await openStorefront(sandbox.url, {}, undefined, crashing.folder);
    const [order] = await sandbox.waitForOrders(1, { timeoutMs: 45_000 });
    expect(sent(order, "order.order_number")).toBe(orderNumber);
  });

  test("hands no shopper another's cookie through a cache that keeps its pages", async () => {
    const cache = await cacheInFrontOf(shop.url);
    try {
      const shoppers = [1, 2, 3].map(() => new Browser({ url: cache.url, path: () => "/" }));
      for (const shopper of shoppers) await shopper.open("/");
      expect(cache.hits).toEqual(["/", "/"]);
      // All three follow one and the same link.
      for (const path of ["/?avad=77_cached", "/products/hearth-mug?avad=77_cached_too"]) {
        for (const shopper of shoppers) {
          const { headers, setCookies } = await shopper.open(path);
          expect(headers["cache-control"]).toBe("private, no-store");
          expect(setCookies.length).toBeGreaterThan(0);
        }
      }
      expect(cache.hits).toHaveLength(2);
      expect(new Set(shoppers.map(({ cookies }) => cookies.get("avad_visitor"))).size).toBe(3);
      await sandbox.waitForClicks(6, PATIENT);
    } finally {
      await cache.close();
    }
  });

  test("answers 404 for what it does not sell", async () => {
    expect((await new Browser({ url: shop.url, path: () => "/" }).open("/products/anvil")).status).toBe(404);
  });
});

test("does not start with a wrong option, and says which", async () => {
  expect((await storefront()).output).not.toContain("Edge Runtime");
  // Next may have said that it is ready before.
  const ended = await openStorefront(sandbox.url, { AVANTLINK_MERCHANT_ID: "12345" }).then(async (opened) => {
    await using server = opened;
    return `${await server.exited} ${server.output()}`;
  }, String);
  expect(ended).toMatch(/^(?:1,|Error: Next ended with 1:)[\s\S]*\bmerchantId: /);
});

/** What the payment provider knows of the payment that it took last. */
function latestPayment({ folder } = shop): PaymentEvent {
  const database = new DatabaseSync(join(folder, "shop.sqlite"), { readOnly: true });
  try {
    const row = database.prepare("SELECT event FROM payments ORDER BY rowid DESC").get();
    return JSON.parse(String(row?.event));
  } finally {
    database.close();
  }
}

async function webhook(body: string, signature: string, { url } = shop): Promise<number> {
  const provider = new Browser({ url, path: () => "/" }, { "user-agent": "Provider/1.0" });
  const headers = { "content-type": "application/json", "x-payment-signature": signature };
  return (await provider.open("/api/payments/webhook", { method: "POST", headers, body })).status;
}
