import {
  createTracker,
  memoryOutbox,
  type TrackerOptions,
  trackClicks,
  trackOrders,
} from "@avantlink-s2s/express";
import { startSandbox } from "@avantlink-s2s/sandbox";
import express, { type Express, type RequestHandler } from "express";
import request from "supertest";
import { afterAll, afterEach, expect, test } from "vitest";
import { createConsoleReport } from "../../packages/core/src/reporting/console.ts";
import { read } from "../repo/sources.ts";
import { testClock } from "../support/clock.ts";
import { eventLog } from "../support/events.ts";
import { aContext, anOrder, MERCHANT_ID } from "../support/orders.ts";

const PAGE = read("docs/troubleshooting.md");
const sandbox = await startSandbox();
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

/** A shop whose log is kept: what a shop without `onEvent` reads on its console. */
function shopWith(options: TrackerOptions = {}) {
  const log: string[] = [];
  const print = (line: string) => void log.push(line);
  const events = eventLog();
  const report = createConsoleReport(testClock(), { warn: print, info: print });
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    onEvent: (event) => {
      report(event);
      events.onEvent(event);
    },
    ...options,
  });
  return { log, events, tracker, app: express() };
}

/** Sends a browser's requests to the shop, then ends the shop and returns its log. */
async function logOf({ log, tracker, app }: ReturnType<typeof shopWith>, ...paths: readonly string[]) {
  const shopper = request.agent(app).set("User-Agent", aContext().userAgent ?? "");
  for (const path of paths) await shopper.get(path);
  await tracker.close();
  return log;
}

/** A thank-you page that shows an order. */
function thankYou(
  app: Express,
  tracker: ReturnType<typeof createTracker>,
  ...others: RequestHandler[]
): void {
  app.get(
    "/thank-you",
    trackOrders(tracker, () => anOrder()),
    ...others,
    (_, res) => void res.send("Thank you"),
  );
}

/** The page prints a line of the log as it is. */
function expectPrinted(log: readonly string[], ...codes: readonly string[]): void {
  for (const code of codes) {
    const line = log.find((one) => one.includes(code));
    expect(line, log.join("\n")).toBeDefined();
    expect(PAGE.includes(`\n${line}\n`), `docs/troubleshooting.md lacks: ${line}`).toBe(true);
  }
}

test("a shop outside production reads that it is a dry run, and why", async () => {
  const shop = shopWith({ endpoint: "https://avantlink.invalid" });
  thankYou(shop.app, shop.tracker);
  expectPrinted(await logOf(shop, "/thank-you"), "tracker.dry-run", "This is a dry run");
});

test("a shop whose page redirects, or shows no order, reads it", async () => {
  const shop = shopWith();
  shop.app.get(
    "/buy",
    trackOrders(shop.tracker, () => anOrder()),
    (_, res) => res.redirect("/"),
  );
  shop.app.get(
    "/empty",
    trackOrders(shop.tracker, () => undefined),
    (_, res) => void res.send("Thank you"),
  );
  expectPrinted(
    await logOf(shop, "/buy", "/empty"),
    "not answered with 2xx",
    "resolveOrder returned nothing",
  );
});

test("a shop with an invalid order reads which field is wrong", async () => {
  const shop = shopWith();
  await shop.tracker.trackOrder({ ...anOrder(), currency: "DOLLAR" }, aContext());
  expectPrinted(await logOf(shop), "order.invalid");
});

test("a shop that cannot reach AvantLink reads that the order is tried again", async () => {
  const lift = sandbox.fail({ status: 503 });
  const { log, events, tracker } = shopWith();
  await tracker.trackOrder(anOrder(), aContext());
  await events.waitFor("retrying");
  lift();
  await tracker.close({ timeoutMs: 0 });
  expectPrinted(log, "delivery.failed");
});

test("a shop without trackClicks reads that no order has an ID", async () => {
  const shop = shopWith();
  thankYou(shop.app, shop.tracker);
  expectPrinted(await logOf(shop, "/?avad=77_f3", "/thank-you"), "context.no-id");
});

test("a shop whose discount is missing from the lines reads both amounts", async () => {
  const shop = shopWith();
  await shop.tracker.trackOrder(anOrder({ subtotal: "235.55" }), aContext());
  expectPrinted(await logOf(shop), "order.lines-do-not-sum");
});

test("a shop whose shoppers deny reads who denied", async () => {
  const shop = shopWith({ consent: ({ cookies }) => cookies.marketing === "yes" });
  thankYou(shop.app, shop.tracker);
  await request(shop.app).get("/thank-you").set({ Cookie: "marketing=yes", "Sec-GPC": "1" });
  expectPrinted(await logOf(shop, "/thank-you"), "did not consent", "Global Privacy Control");
});

test("a shop that uses a number again reads it", async () => {
  const shop = shopWith();
  await shop.tracker.trackOrder(anOrder(), aContext());
  const receipt = await shop.tracker.trackOrder(
    anOrder({ products: [{ sku: "TENT-2P", unitPrice: "249.95", quantity: 2 }] }),
    aContext(),
  );
  expect(receipt.status).toBe("duplicate");
  expectPrinted(await logOf(shop), "order.number-reused");
});

test("a shop whose page and webhook give a number in two forms reads it, and two orders are sent", async () => {
  const shop = shopWith();
  await shop.tracker.trackOrder(anOrder(), aContext());
  await shop.tracker.trackOrder(anOrder({ orderNumber: "#1001" }), aContext());
  expectPrinted(await logOf(shop), "order.number-form");
  expect(sandbox.orders).toHaveLength(2);
});

test("a shop in production on the memory outbox reads that a crash loses orders", async () => {
  const shop = shopWith({ endpoint: "https://avantlink.invalid", mode: "live", outbox: memoryOutbox() });
  await shop.tracker.trackOrder(anOrder(), aContext());
  const { log, tracker } = shop;
  await tracker.close({ timeoutMs: 0 });
  expectPrinted(log, "outbox.not-durable");
});

test("a shop behind an undeclared proxy reads it", async () => {
  const shop = shopWith({ endpoint: "https://avantlink.invalid", mode: "live" });
  thankYou(shop.app, shop.tracker);
  await request(shop.app)
    .get("/thank-you")
    .set({ "X-Forwarded-For": "203.0.113.7", "Sec-Fetch-Dest": "document" });
  const { log, tracker } = shop;
  await tracker.close({ timeoutMs: 0 });
  expectPrinted(log, "request.untrusted-proxy");
});

test("a click before consent counts once the shopper consents on the next page", async () => {
  const shop = shopWith({ consent: ({ cookies }) => cookies.marketing === "yes" });
  shop.app.use(trackClicks(shop.tracker));
  shop.app.get("/", (_, res) => void res.set("Referrer-Policy", "no-referrer").send("home"));
  expectPrinted(await logOf(shop, "/?avad=77_f3"), "request.referrer-policy");
});

test("a click by curl's own name is none, and by a browser's it is one", async () => {
  const shop = shopWith();
  shop.app.use(trackClicks(shop.tracker));
  shop.app.get("/", (_, res) => void res.send("home"));
  await request(shop.app).get("/?avad=77_f3").set({ "User-Agent": "curl/8.5.0", Accept: "*/*" });
  await request(shop.app)
    .get("/?avad=77_f3")
    .set({ "User-Agent": aContext().userAgent ?? "", Accept: "text/html" });
  await logOf(shop);
  expect(sandbox.clicks).toHaveLength(1);
  expect(PAGE).toContain('-H "Accept: text/html"');
});
