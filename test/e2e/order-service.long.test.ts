import { createHmac } from "node:crypto";
import { createTracker } from "@avantlink-s2s/core";
import { postgresOutbox } from "@avantlink-s2s/outbox/postgres";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { Client, Pool } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type OrderService, prepareOrderService } from "../../examples/demo/order-service.ts";
import { type Database, makeDatabase } from "../../examples/demo/postgres.ts";
import type { ShopProcess } from "../../examples/demo/shop-process.ts";
import { openBrowser, USER_AGENT } from "../../examples/demo/shopper.ts";
import { land, plan } from "../../examples/demo/walk.ts";
import { anOrder, MERCHANT_ID } from "../support/orders.ts";
import { postgresService } from "../support/services.ts";

const postgres = await postgresService();
const skipped = "missing" in postgres ? ` (skipped: ${postgres.missing})` : "";

describe.skipIf(skipped)(`the order service${skipped}`, { timeout: 60_000 }, () => {
  const sandbox = startSandbox();
  let database: Database;
  let service: OrderService;
  let checkout: ShopProcess;
  let webhooks: readonly [ShopProcess, ShopProcess];

  beforeAll(async () => {
    if ("missing" in postgres) return;
    database = await makeDatabase(postgres.url, "avantlink_test");
    service = await prepareOrderService(database.url, (await sandbox).url);
    [checkout, ...webhooks] = await Promise.all([
      service.checkout({ paymentUrl: "http://127.0.0.1:9" }),
      service.webhook(),
      service.webhook(),
    ]);
  }, 60_000);
  afterEach(async () => {
    // What a test that failed left behind is none of the next one's business.
    await database.query("TRUNCATE avantlink.outbox, avantlink.outbox_count");
    (await sandbox).reset();
  });
  afterAll(async () => {
    await Promise.all([checkout, ...webhooks].map((running) => running.stop()));
    await database.drop();
    if (!("missing" in postgres)) await postgres.end();
    await (await sandbox).close();
  }, 60_000);

  async function run(start: () => Promise<ShopProcess>): Promise<ShopProcess> {
    const running = await start();
    onTestFinished(async () => void (await running.stop()));
    return running;
  }

  /** A worker that came, delivered all there was, and ended as it should. */
  async function aWorkerDelivers(): Promise<void> {
    const worker = await service.worker();
    expect(await worker.stop()).toBe(0);
  }

  const BASKET = {
    email: "sam.shopper@example.com",
    state: "UT",
    country: "US",
    coupon: "",
    "quantity-MUG-HEARTH": "2",
  };

  /** Two mugs and the shipping, in cents. */
  const COSTS = 2 * 1450 + 695;

  /** Orders without paying. The order's number. */
  async function place(
    headers: Readonly<Record<string, string>> = {},
    basket: Readonly<Record<string, string>> = BASKET,
  ): Promise<string> {
    const response = await fetch(`${checkout.url}/checkout`, {
      method: "POST",
      redirect: "manual",
      headers: { "User-Agent": USER_AGENT, "X-Forwarded-For": "203.0.113.7", ...headers },
      body: new URLSearchParams(basket),
    });
    expect(response.status).toBe(303);
    return new URL(response.headers.get("Location") ?? "").searchParams.get("order") ?? "";
  }

  /** Calls a webhook as the provider does. */
  async function callWebhook(
    { url }: ShopProcess,
    orderNumber: string,
    {
      type = "payment.succeeded",
      amount = COSTS,
      secret = service.secret,
      signed = (body: string) => body,
    } = {},
  ): Promise<{ readonly status: number; readonly answer: string }> {
    return call({ url }, JSON.stringify({ id: "event-1", type, orderNumber, amount }), { secret, signed });
  }

  /** Signs a body and posts it. */
  async function call(
    { url }: { readonly url: string },
    body: string,
    { secret = service.secret, signed = (body: string) => body } = {},
  ): Promise<{ readonly status: number; readonly answer: string }> {
    const response = await fetch(`${url}/webhooks/payments`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "User-Agent": "ExamplePay-Webhook/1.0",
        "X-Forwarded-For": "198.51.100.1",
        "X-Payment-Signature": createHmac("sha256", secret).update(signed(body)).digest("hex"),
      },
      body,
    });
    return { status: response.status, answer: await response.text() };
  }

  const PAID = { status: 200, answer: "paid" };
  const PAID_BEFORE = { status: 200, answer: "paid before" };

  async function statusOf(orderNumber: string): Promise<unknown> {
    const [row] = await database.query(`SELECT status FROM orders WHERE number = '${orderNumber}'`);
    return row?.status;
  }

  async function setStock(onHand: number): Promise<void> {
    await database.query(`UPDATE stock SET on_hand = ${onHand} WHERE sku = 'MUG-HEARTH'`);
  }

  /** Makes every payment wait before its last step, until this client's transaction ends. */
  async function holdStock(): Promise<Client> {
    const holder = new Client(database.url);
    await holder.connect();
    onTestFinished(() => holder.end());
    await holder.query("BEGIN");
    await holder.query("SELECT 1 FROM stock WHERE sku = 'MUG-HEARTH' FOR UPDATE");
    return holder;
  }

  /** The statements that wait for a lock. */
  function waiting(): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return database.query(
      `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
  }

  /** The numbers of the orders that AvantLink took. */
  async function sent(): Promise<string[]> {
    return (await sandbox).orders.map(({ raw }) => JSON.parse(raw).order.order_number);
  }

  test("sells from the affiliate's link to the webhook: one order, as the shopper and not as the webhook, and it keeps no context", async () => {
    const { waitForClicks, waitForOrders, clicks } = await sandbox;
    const provider = await run(() => service.provider(webhooks));
    const [worker, shop] = await Promise.all([
      run(service.worker),
      run(() => service.checkout({ paymentUrl: provider.url })),
    ]);
    const shopper = openBrowser({ "X-Forwarded-For": "6.6.6.6, 203.0.113.7" });
    const landing = await land(shopper, shop.url, plan, () => {});
    await waitForClicks(1);
    const wanted = { ...BASKET, coupon: "trail15", "quantity-TENT-RIDGE-2": "1", "quantity-MUG-HEARTH": "0" };
    const { url } = await shopper.submit('form[name="checkout"]', wanted);
    const orderNumber = new URL(url).searchParams.get("order") ?? "";
    await shopper.submit('form[name="pay"]', { type: "payment.succeeded" });
    const [order] = await waitForOrders(1, { timeoutMs: 10_000 });
    await expect
      .poll(async () => (await (await fetch(`${provider.url}/attempts`)).json()) as unknown)
      .toMatchObject([{ status: 200 }, { status: 200 }]);
    const page = await shopper.reload();

    expect(order?.merchantId).toBe(MERCHANT_ID);
    expect(order?.findings).toEqual([]);
    expect(order?.click).toBe(clicks[0]?.id);
    expect(order?.body).toEqual({
      current_url: `${shop.url}/checkout`,
      tracking_ids: { user_id: [], visitor_id: [landing.visitor], avantlink_avad: "77_f3afbe121" },
      user_agent: USER_AGENT,
      user_ip_address: "203.0.113.7",
      referrer_url: `${shop.url}${plan.landing}`,
      google_click_id: "",
      custom_tracking_code: "",
      order: {
        order_number: orderNumber,
        order_amount_subtotal: 212.46,
        currency: "USD",
        coupon_codes: ["TRAIL15"],
        customer: { new_customer: true, country: "US", region: "", state: "UT" },
        products: [{ product_sku: "TENT-RIDGE-2", product_amount: 212.46, quantity: 1 }],
      },
    });
    expect(page.$("[data-status]").attr("data-status")).toBe("paid");
    expect(
      await database.query("SELECT number FROM orders WHERE context IS NOT NULL AND status = 'paid'"),
    ).toEqual([]);

    expect(await worker.stop()).toBe(0);
    expect(await sent()).toEqual([orderNumber]);
    for (const { printed } of [shop, provider, worker, checkout, ...webhooks]) {
      expect(printed()).toContain('"event":"listening"');
      expect(printed()).not.toMatch(/203\.0\.113\.7|Firefox|example\.com|77_f3afbe121/);
    }
  });

  test("counts a payment as one order although the provider calls two processes twenty times at once", async () => {
    const orderNumber = await place();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => callWebhook(webhooks[index % 2 === 0 ? 0 : 1], orderNumber)),
    );
    expect(answers.filter(({ answer }) => answer === "paid")).toEqual([PAID]);
    expect(answers.filter(({ answer }) => answer !== "paid")).toEqual(Array(19).fill(PAID_BEFORE));
    await aWorkerDelivers();
    expect(await sent()).toEqual([orderNumber]);
    expect((await sandbox).requests).toHaveLength(1);
  });

  test("mixes no two shoppers who buy and pay at the same time", async () => {
    const shoppers = Array.from({ length: 12 }, (_, index) => ({
      "User-Agent": `Browser/${index}`,
      "X-Forwarded-For": `203.0.113.${index + 1}`,
      Cookie: `avad=77_${index}; avad_visitor=visitor-${index}`,
    }));
    const numbers = await Promise.all(shoppers.map((headers) => place(headers)));
    await Promise.all(numbers.map((number, index) => callWebhook(webhooks[index % 2 === 0 ? 0 : 1], number)));
    await aWorkerDelivers();
    const bodies = (await sandbox).orders.map(({ raw }) => JSON.parse(raw));
    const got = new Map(
      bodies.map(({ order, tracking_ids, user_agent, user_ip_address }) => [
        order.order_number,
        [user_agent, user_ip_address, tracking_ids.avantlink_avad, ...tracking_ids.visitor_id],
      ]),
    );
    expect(got).toEqual(
      new Map(
        numbers.map((number, index) => [
          number,
          [`Browser/${index}`, `203.0.113.${index + 1}`, `77_${index}`, `visitor-${index}`],
        ]),
      ),
    );
  });

  test("never sends an order whose transaction failed after it was tracked; when it succeeds later, it does", async () => {
    const orderNumber = await place();
    await setStock(1);
    onTestFinished(() => setStock(100));
    expect((await callWebhook(webhooks[0], orderNumber)).status).toBe(500);
    expect((await callWebhook(webhooks[1], orderNumber)).status).toBe(500);
    await aWorkerDelivers();
    expect(await statusOf(orderNumber)).toBe("open");
    expect((await sandbox).requests).toEqual([]);

    await setStock(100);
    expect(await callWebhook(webhooks[0], orderNumber)).toEqual(PAID);
    await aWorkerDelivers();
    expect(await sent()).toEqual([orderNumber]);
  });

  test("sends an order whose web process was killed right after the commit", async () => {
    const orderNumber = await place();
    const webhook = await run(service.webhook);
    const answer = callWebhook(webhook, orderNumber).catch(() => {});
    await expect.poll(() => statusOf(orderNumber), { interval: 1 }).toBe("paid");
    webhook.signal("SIGKILL");
    await Promise.all([webhook.ended, answer]);
    await aWorkerDelivers();
    expect(await sent()).toEqual([orderNumber]);
    expect(await callWebhook(webhooks[0], orderNumber)).toEqual(PAID_BEFORE);
  });

  test("sends no order whose web process was killed between tracking and commit, until the provider's next call", async () => {
    const orderNumber = await place();
    const webhook = await run(service.webhook);
    const holder = await holdStock();
    const answer = callWebhook(webhook, orderNumber).catch(() => {});
    await expect.poll(waiting).toMatchObject([{ query: expect.stringContaining("UPDATE stock") }]);
    webhook.signal("SIGKILL");
    await Promise.all([webhook.ended, answer]);
    await holder.query("COMMIT");
    await expect.poll(waiting).toEqual([]);
    await aWorkerDelivers();
    expect((await sandbox).requests).toEqual([]);
    expect(await statusOf(orderNumber)).toBe("open");

    expect(await callWebhook(webhooks[0], orderNumber)).toEqual(PAID);
    await aWorkerDelivers();
    expect(await sent()).toEqual([orderNumber]);
  });

  test("says of one order only that its customer is new when the first two are paid at once", async () => {
    const basket = { ...BASKET, email: "twice@example.com" };
    const numbers = [await place({}, basket), await place({}, basket)];
    const holder = await holdStock();
    const answers = numbers.map((number, index) => callWebhook(webhooks[index === 0 ? 0 : 1], number));
    await expect.poll(waiting).toHaveLength(2);
    await holder.query("COMMIT");
    expect(await Promise.all(answers)).toEqual([PAID, PAID]);
    await aWorkerDelivers();
    const isNew = (await sandbox).orders.map(({ raw }) => JSON.parse(raw).order.customer.new_customer);
    expect(isNew.toSorted()).toEqual([false, true]);
  });

  test("delivers from no web process, not even from a process that ends; a later worker delivers", async () => {
    const orderNumber = await place();
    const webhook = await run(service.webhook);
    expect(await callWebhook(webhook, orderNumber)).toEqual(PAID);
    // A tracker that delivers would do so here at the latest, because it delivers pending orders when it closes.
    expect(await webhook.stop()).toBe(0);
    expect((await sandbox).requests).toEqual([]);
    await aWorkerDelivers();
    expect(await sent()).toEqual([orderNumber]);
  });

  test("tracks no unpaid order: no failed payment, no wrong signature, no altered body", async () => {
    const orderNumber = await place();
    const [webhook] = webhooks;
    const worker = await run(service.worker);
    const accepted = async () =>
      ((await (await fetch(`${worker.url}/health`)).json()) as { totals: { accepted: number } }).totals
        .accepted;
    const before = await accepted();
    const altered = (body: string) => body.replace(orderNumber, "LL-1");

    expect(await callWebhook(webhook, orderNumber, { type: "payment.failed" })).toEqual({
      status: 200,
      answer: "Noted.",
    });
    expect(await callWebhook(webhook, orderNumber, { secret: "guessed" })).toMatchObject({ status: 400 });
    expect(await callWebhook(webhook, orderNumber, { signed: altered })).toMatchObject({ status: 400 });
    expect(await callWebhook(webhook, "LL-1")).toEqual({ status: 404, answer: "unknown" });
    const unsigned = await fetch(`${webhook.url}/webhooks/payments`, { method: "POST", body: "{}" });
    expect(unsigned.status).toBe(400);

    expect(await statusOf(orderNumber)).toBe("open");
    expect(await accepted()).toBe(before);
    expect(await worker.stop()).toBe(0);
    expect((await sandbox).requests).toEqual([]);
  });

  test.each([COSTS - 1, COSTS + 1, 1, 0])(
    "neither tracks nor marks an order as paid when the amount is wrong: %i cents",
    async (amount) => {
      const orderNumber = await place();
      const { printed } = webhooks[0];
      expect(await callWebhook(webhooks[0], orderNumber, { amount })).toEqual({
        status: 200,
        answer: "wrong amount",
      });
      await aWorkerDelivers();
      expect(await statusOf(orderNumber)).toBe("open");
      expect((await sandbox).requests).toEqual([]);
      const line = printed()
        .split("\n")
        .find((printed) => printed.includes(`"${orderNumber}"`) && printed.includes("payment.booked"));
      expect(JSON.parse(line ?? "{}")).toMatchObject({ level: "error", orderNumber, amount });

      expect(await callWebhook(webhooks[0], orderNumber)).toEqual(PAID);
      expect(await callWebhook(webhooks[0], orderNumber, { amount })).toEqual(PAID_BEFORE);
    },
  );

  test.each([
    { id: "event-1", type: "payment.refunded", orderNumber: "LL-10001", amount: 100 },
    { id: "event-2", type: "payout.paid" },
  ])(
    "acknowledges an event that does not concern it, so that the provider does not repeat it: $type",
    async (event) => {
      expect(await call(webhooks[0], JSON.stringify(event))).toEqual({ status: 200, answer: "Noted." });
    },
  );

  test("sends no order of a shopper who denied tracking", async () => {
    const orderNumber = await place({ "Sec-GPC": "1" });
    expect(await callWebhook(webhooks[0], orderNumber)).toEqual(PAID);
    await aWorkerDelivers();
    expect((await sandbox).requests).toEqual([]);
  });

  test("finishes the order that a worker is sending when the worker is stopped", async () => {
    const { fail, waitForRequests } = await sandbox;
    fail({ delayMs: 500, on: "order", times: 1 });
    const worker = await run(service.worker);
    const orderNumber = await place();
    await callWebhook(webhooks[0], orderNumber);
    await waitForRequests(1, { timeoutMs: 10_000 });
    expect(await worker.stop()).toBe(0);
    await aWorkerDelivers();
    expect(await sent()).toEqual([orderNumber]);
    expect((await sandbox).requests).toHaveLength(1);
  });

  async function hasContext(orderNumber: string): Promise<boolean> {
    const kept = await database.query(
      `SELECT 1 FROM orders WHERE number = '${orderNumber}' AND context IS NOT NULL`,
    );
    return kept.length > 0;
  }

  test("books a payment whose order the outbox does not take, keeps the order's context, and logs an error", async () => {
    const orderNumber = await place();
    const webhook = await run(service.webhook);
    await database.query("ALTER TABLE avantlink.outbox RENAME TO elsewhere");
    try {
      expect(await callWebhook(webhook, orderNumber)).toEqual(PAID);
    } finally {
      await database.query("ALTER TABLE avantlink.elsewhere RENAME TO outbox");
    }
    expect(await hasContext(orderNumber)).toBe(true);
    expect(webhook.printed()).toMatch(/"level":"error".*"event":"tracking.not-stored"/);
  });

  test("keeps the context of an order whose number another order has, and logs an error", async () => {
    const orderNumber = await place();
    const pool = new Pool({ connectionString: database.url });
    onTestFinished(() => pool.end());
    const other = createTracker({
      merchantId: MERCHANT_ID,
      endpoint: (await sandbox).url,
      outbox: postgresOutbox({ query: pool }),
      deliver: false,
      onEvent() {},
    });
    expect(await other.trackOrder(anOrder({ orderNumber }))).toMatchObject({ status: "accepted" });
    await other.close({ timeoutMs: 0 });
    const webhook = await run(service.webhook);
    expect(await callWebhook(webhook, orderNumber)).toEqual(PAID);
    expect(await hasContext(orderNumber)).toBe(true);
    expect(webhook.printed()).toMatch(/"level":"error".*"event":"tracking.duplicate"/);
  });

  test("keeps an order's context in a dry run, and the worker warns of it", async () => {
    const dryRun = { AVANTLINK_ENDPOINT: "" };
    const orderNumber = await place();
    const webhook = await run(() => service.webhook(dryRun));
    expect(await callWebhook(webhook, orderNumber)).toEqual(PAID);
    expect(await hasContext(orderNumber)).toBe(true);
    const worker = await run(() => service.worker(dryRun));
    const health = await fetch(`${worker.url}/health`);
    expect(health.status).toBe(503);
    expect(await health.json()).toMatchObject({ mode: "dry-run" });
    await expect.poll(worker.printed).toMatch(/"level":"warn".*"event":"outbox","mode":"dry-run"/);
  });

  test("logs a click that AvantLink refuses as no error", async () => {
    const { fail } = await sandbox;
    fail({ status: 400, on: "click" });
    const shop = await run(() => service.checkout({ paymentUrl: "http://127.0.0.1:9" }));
    const shopper = openBrowser({});
    await land(shopper, shop.url, plan, () => {});
    await expect.poll(shop.printed).toMatch(/"level":"info".*"event":"tracking.dead"/);
  });

  test("answers on /health in each process", async () => {
    const worker = await run(service.worker);
    for (const { url } of [checkout, ...webhooks]) {
      expect(await (await fetch(`${url}/health`)).json()).toEqual({ ok: true });
    }
    const health = await fetch(`${worker.url}/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ ok: true, mode: "live", totals: { pending: 0, dead: 0 } });
  });

  const slow = process.env.CI ? "" : " (skipped: a lease takes half a minute; runs with CI=true)";
  test.skipIf(slow)(
    `delivers an order by the other worker within a minute when a worker is killed while it sends the order${slow}`,
    { timeout: 120_000 },
    async () => {
      const { fail, waitForRequests, waitForOrders } = await sandbox;
      fail({ hang: true, on: "order", times: 1 });
      const doomed = await run(service.worker);
      const orderNumber = await place();
      await callWebhook(webhooks[0], orderNumber);
      await waitForRequests(1, { timeoutMs: 10_000 });
      await run(service.worker);
      doomed.signal("SIGKILL");
      await doomed.ended;
      await waitForOrders(1, { timeoutMs: 60_000 });
      expect(await sent()).toEqual([orderNumber]);
    },
  );
});
