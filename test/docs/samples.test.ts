import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { packContext, toOrderPayload } from "@avantlink-s2s/core";
import { startSandbox } from "@avantlink-s2s/sandbox";
import express from "express";
import request from "supertest";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { STRIPE_SESSION } from "../orders/fixtures/stripe.ts";
import { read } from "../repo/sources.ts";
import { aContext, MERCHANT_ID } from "../support/orders.ts";
import { BROWSER, openPrograms, visit } from "./run-sample.ts";
import { cents, dollars, order } from "./samples/money.ts";

const sandbox = await startSandbox();
const programs = openPrograms();
const { place } = programs;
const run = (file: string, env: Readonly<Record<string, string>> = {}) =>
  programs.start(file, { AVANTLINK_ENDPOINT: sandbox.url, ...env });
afterEach(() => sandbox.reset());
afterAll(async () => {
  await programs.end();
  await sandbox.close();
});

test.each([
  ["express/shop.mjs", "/checkout/thank-you"],
  ["express/shop.cjs", "/checkout/thank-you"],
  ["web/server.ts", "/thank-you"],
])("the quick start %s, as printed, gives a click and an order that belongs to it", async (file, page) => {
  const { url } = await run(file);
  const Cookie = await visit(`${url}/?avad=77_f3afbe121`);
  const [click] = await sandbox.waitForClicks(1);
  await visit(url + page, { Cookie });
  const [arrived] = await sandbox.waitForOrders(1);
  expect(arrived?.click).toBe(click?.id);
  expect(arrived?.findings.filter(({ severity }) => severity === "error")).toEqual([]);
});

test("the Stripe webhook, as printed, sends the shopper's context once the payment is there, and believes Stripe only", async () => {
  mkdirSync(join(place, "node_modules/stripe"), { recursive: true });
  writeFileSync(
    join(place, "node_modules/stripe/package.json"),
    JSON.stringify({ name: "stripe", main: "index.cjs" }),
  );
  // Stripe's library, answering as Stripe would: what was given at checkout comes back with the session.
  writeFileSync(
    join(place, "node_modules/stripe/index.cjs"),
    `let metadata = {};
const session = ${JSON.stringify(STRIPE_SESSION)};
let payment_status = "unpaid"; // a bank debit, which takes days
module.exports = class Stripe {
  webhooks = { constructEvent: (body, signature) => {
    if (signature !== "signed") throw new Error("No signatures found");
    const event = JSON.parse(body.toString());
    if (event.type === "checkout.session.async_payment_succeeded") payment_status = "paid";
    return event;
  } };
  checkout = { sessions: {
    create: async (given) => { metadata = given.metadata; return { url: "https://checkout.example/pay" }; },
    // More than ten lines: the session has the first of them.
    retrieve: async () =>
      ({ ...session, metadata, payment_status, line_items: { ...session.line_items, has_more: true } }),
    listLineItems: async (id, { limit, expand }) =>
      id === session.id && limit === 100 && expand[0] === "data.price.product" && session.line_items,
  } };
};
`,
  );
  const { url } = await run("express/stripe.mjs");
  const headers = { Cookie: "avad=77_f3; avad_visitor=9b2f8f3e-52a1-4f0e-8d8b-3d1d1a1f0c11" };
  const checkout = await fetch(`${url}/checkout`, {
    method: "POST",
    redirect: "manual",
    headers: { ...BROWSER, ...headers },
  });
  expect(checkout.status).toBe(303);
  const webhook = async (type: string, signature = "signed") => {
    const answer = await fetch(`${url}/webhooks/stripe`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "User-Agent": "Stripe/1.0",
        "Stripe-Signature": signature,
      },
      body: JSON.stringify({ type, data: { object: { id: STRIPE_SESSION.id } } }),
    });
    return answer.status;
  };
  expect(await webhook("checkout.session.async_payment_succeeded", "forged")).toBe(400);
  expect(await webhook("checkout.session.completed")).toBe(200);
  expect(sandbox.orders).toEqual([]);
  expect(await webhook("checkout.session.async_payment_succeeded")).toBe(200);
  const [arrived] = await sandbox.waitForOrders(1);
  expect(arrived?.body).toMatchObject({
    user_agent: BROWSER["User-Agent"],
    tracking_ids: { avantlink_avad: "77_f3" },
    order: { order_number: "1001" },
  });
});

test("the whole server of the integration guide delivers its order, and ends by SIGTERM", async () => {
  const { url, process } = await run("express/server.ts", { OUTBOX_PATH: join(place, "outbox.sqlite") });
  await visit(`${url}/checkout/thank-you`, { "X-Forwarded-For": "203.0.113.7" });
  const [arrived] = await sandbox.waitForOrders(1);
  expect(arrived?.body).toMatchObject({
    user_ip_address: "203.0.113.7",
    order: { order_amount_subtotal: 34.98, coupon_codes: ["SAVE5"] },
  });
  process.kill("SIGTERM");
  const [code] = await once(process, "exit");
  expect(code).toBe(0);
});

test("the whole server of the integration guide ends with an error when its port is taken", async () => {
  await run("express/server.ts", { OUTBOX_PATH: join(place, "first.sqlite") });
  // The copy beside the samples has the port of the server that runs.
  const second = spawn(
    process.execPath,
    ["--conditions=@avantlink-s2s/source", join(place, "express/server.ts")],
    {
      cwd: place,
      env: { PATH: process.env.PATH, AVANTLINK_MERCHANT_ID: MERCHANT_ID, OUTBOX_PATH: "second.sqlite" },
      stdio: "ignore",
    },
  );
  const [code] = await once(second, "exit");
  expect(code).toBe(1);
});

test("the example of docs/money.md comes to the lines that the page prints", () => {
  const result = toOrderPayload(order, {});
  expect(result.ok && result.payload.order.order_amount_subtotal).toBe(283.45);
  const page = read("docs/money.md");
  const lines = result.ok ? result.payload.order.products : [];
  const rows = lines.map(
    ({ product_sku, product_amount, quantity }) =>
      `| ${product_sku} | ${Number(product_amount).toFixed(2)} | ${quantity} |`,
  );
  expect(page).toContain(`\n${rows.join("\n")}\n`);
  expect([dollars, cents]).toEqual(["19.99", 1999]);
});

test("the example of docs/privacy.md asks the cookie", async () => {
  const { tracker } = await import("./samples/consent.ts");
  const read = (cookie: string) =>
    tracker.contextOf(Object.assign(Object.create(null), { headers: { cookie }, method: "GET", url: "/" }));
  expect(await read("marketing=yes")).toMatchObject({ consent: "granted" });
  expect(await read("marketing=no")).toEqual({ consent: "denied" });
  await tracker.close();
});

test("the tracker of the README opens nothing before its first use", async () => {
  const { tracker } = await import("./samples/outbox/tracker.ts");
  expect(existsSync("/var/lib/shop/avantlink.sqlite")).toBe(false);
  await tracker.close();
});

test("the handler without a framework sends the order that its page confirms, and none of another page", async () => {
  vi.stubEnv("AVANTLINK_MERCHANT_ID", MERCHANT_ID);
  vi.stubEnv("AVANTLINK_ENDPOINT", sandbox.url);
  const { default: worker } = await import("./samples/web/worker.ts");
  vi.unstubAllEnvs();
  const work: Promise<unknown>[] = [];
  const post = (path: string, number: string) => {
    const request = new Request(`https://shop.example${path}`, {
      method: "POST",
      body: JSON.stringify({ number }),
    });
    return worker.fetch(request, {}, { waitUntil: (promise) => void work.push(promise) });
  };
  await post("/order-status", "W-0");
  const page = await post("/thank-you", "W-1");
  expect(await page.text()).toBe("Thank you");
  await Promise.all(work);
  expect(sandbox.orders.map(({ body }) => body)).toMatchObject([{ order: { order_number: "W-1" } }]);
});

test("the shop of docs/options.md skips its wholesale orders", async () => {
  vi.stubEnv("AVANTLINK_MERCHANT_ID", MERCHANT_ID);
  vi.stubEnv("AVANTLINK_ENDPOINT", sandbox.url);
  const { confirmation, tracker } = await import("./samples/skip.ts");
  vi.unstubAllEnvs();
  const app = express();
  app.get(
    "/:group",
    (req, res, next) => {
      res.locals = {
        customer: { group: req.params.group },
        order: { ...order, orderNumber: req.params.group },
      };
      next();
    },
    confirmation,
    (_, res) => void res.send("Thank you"),
  );
  await request(app).get("/wholesale");
  await request(app).get("/retail");
  await tracker.close();
  expect(sandbox.orders.map(({ body }) => body)).toMatchObject([{ order: { order_number: "retail" } }]);
});

test("the options of packages/orders are functions of a line", async () => {
  const { mapped } = await import("./samples/orders/options.ts");
  expect(mapped(STRIPE_SESSION)).toMatchObject({ status: "mapped" });
});

test("the tracker of packages/outbox on Redis opens nothing before its first use", async () => {
  const { tracker } = await import("./samples/outbox/redis.ts");
  expect((await tracker.health()).outbox).toEqual({ name: "bullmq", durable: true });
  await tracker.close();
});

test("the tracker of docs/frameworks.md takes the common domain", async () => {
  const { tracker } = await import("./samples/web/two-hosts.ts");
  await tracker.close();
});

test("the example of packages/sandbox runs to its end", async () => {
  await import("./samples/sandbox/try.ts");
});

test("the sandbox gets the event of an order that makes no call", async () => {
  vi.stubEnv("AVANTLINK_MERCHANT_ID", MERCHANT_ID);
  vi.stubEnv("AVANTLINK_ENDPOINT", sandbox.url);
  const { tracker } = await import("./samples/sandbox/events.ts");
  vi.unstubAllEnvs();
  await tracker.trackOrder({ ...order, currency: "DOLLAR" });
  const [posted] = await sandbox.waitForRequests(1, { where: ({ state }) => state === "answered" });
  expect(posted).toMatchObject({ endpoint: "event", status: 200 });
  await tracker.close();
});

test("the file for pm2 starts a program that is printed", () => {
  const config: { readonly apps: unknown } = createRequire(import.meta.url)(
    "./samples/pm2/ecosystem.config.cjs",
  );
  expect(config.apps).toMatchObject([{ script: "server.mjs", exec_mode: "cluster" }]);
});

test("the order service of packages/core has an order stored", async () => {
  const { orderPaid } = await import("./samples/core/worker.ts");
  expect(await orderPaid(order, { context: packContext(aContext()) })).toBe("done");
});
