import {
  createTracker as createCoreTracker,
  memoryOutbox,
  packContext,
  type TrackingContext,
  unpackContext,
} from "@avantlink-s2s/core";
import { createTracker, trackClicks, trackOrders } from "@avantlink-s2s/express";
import { startSandbox } from "@avantlink-s2s/sandbox";
import express, { type ErrorRequestHandler } from "express";
import request from "supertest";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EventLog, eventLog } from "../support/events.ts";
import { aContext, anOrder, MERCHANT_ID } from "../support/orders.ts";

// What a shop's developer gets slightly wrong in plain JavaScript: each mistake gets a clear error, or works.
const sandbox = await startSandbox();
let events: EventLog;
beforeEach(() => {
  events = eventLog();
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

/** Plain JavaScript has no types to stop it. */
const loosely = <Type>(value: unknown): Type => value as Type;

function failing(): Promise<never> {
  const failed = Promise.reject(new Error("no session"));
  failed.catch(() => {});
  return failed;
}

const aTracker = (options: object = {}) =>
  createTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url, onEvent: events.onEvent, ...options });
const aCoreTracker = (options: object = {}) =>
  createCoreTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url, onEvent: events.onEvent, ...options });

describe("options that are wrong throw, and the message names the option", () => {
  test.each<[string, unknown, RegExp]>([
    [
      "a text in place of the options",
      MERCHANT_ID,
      /options: is a text of 36 characters; expected an object/,
    ],
    ["null", null, /options: is null; expected an object/],
    ["a misspelt name", { merchantID: MERCHANT_ID }, /merchantID: is not an option/],
    ["a misspelt name one level down", { cookies: { name: {} } }, /cookies\.name: is not an option/],
    ["an option that moved", { retry: { concurrency: 5 } }, /retry\.concurrency: is not an option/],
    ["the old merchant number", { merchantId: "12345" }, /merchantId: is the older merchant number/],
    [
      "an outbox's factory, not called",
      { outbox: memoryOutbox },
      /outbox: is a function; expected an outbox/,
    ],
    ["an outbox's name", { outbox: "sqlite" }, /outbox: is "sqlite"; expected an outbox/],
    ["consent that is no function", { consent: true }, /consent: is true; expected a function/],
    ["a mode of another word", { mode: "production" }, /mode: is "production"; expected "live" or "dry-run"/],
    ["a time-out in seconds as text", { timeoutMs: "10" }, /timeoutMs: is "10"; expected a whole number/],
    ["a time-out that is too long", { timeoutMs: 60_000 }, /timeoutMs: is 60000; expected a whole number/],
    ["a site address with a path", { siteUrl: "https://shop.example/en" }, /siteUrl: .*expected an origin/],
    [
      "trustedProxies on Express",
      { trustedProxies: "cloudflare" },
      /trustedProxies: .*app\.set\("trust proxy", 1\)/,
    ],
    ["the whole suffix as cookie domain", { cookies: { domain: "com" } }, /cookies\.domain: is com/],
    ["a registry's suffix as cookie domain", { cookies: { domain: "co.uk" } }, /cookies\.domain: is co\.uk/],
    [
      "a session's cookie for the visitor",
      { cookies: { names: { visitor: "connect.sid" } } },
      /login session/,
    ],
    [
      "__Host- beside a domain",
      { cookies: { domain: "shop.example", names: { avad: "__Host-avad" } } },
      /__Host-/,
    ],
    [
      "__Secure- on plain http",
      { siteUrl: "http://shop.example", cookies: { names: { avad: "__Secure-avad" } } },
      /__Secure-/,
    ],
    [
      "a login's cookie behind a prefix",
      { cookies: { names: { visitor: "__Secure-next-auth.session-token" } } },
      /login session/,
    ],
    ["a host's domain", { cookies: { domain: "vercel.app" } }, /cookies\.domain: is vercel\.app/],
    [
      "a cookie domain of another site",
      { siteUrl: "https://shop.example", cookies: { domain: "store.example" } },
      /cookies\.domain: is store\.example, which siteUrl is not part of/,
    ],
    ["one name for two cookies", { cookies: { names: { avad: "x", visitor: "x" } } }, /a name of its own/],
  ])("%s", (_, options, message) => {
    const given =
      typeof options === "object" &&
      options !== null &&
      !("merchantId" in options) &&
      !("merchantID" in options)
        ? { merchantId: MERCHANT_ID, ...options }
        : options;
    expect(() => createTracker(loosely(given))).toThrow(message);
  });

  test("two faults are named at once", () => {
    expect(() => createTracker(loosely({ merchantId: "1", trustedProxies: 1, mode: "x" }))).toThrow(
      /(?=[\s\S]*merchantId)(?=[\s\S]*trustedProxies)(?=[\s\S]*mode)/,
    );
  });
});

describe("a call that is wrong has a receipt that says so, and the call never throws", () => {
  test.each<[string, unknown[], object]>([
    ["no order", [], { status: "skipped", reason: "no-order" }],
    ["an order's number alone", ["1001"], { status: "rejected", error: { code: "order.invalid" } }],
    ["a condition that fails", [false], { status: "skipped", reason: "no-order" }],
    ["an empty text", [""], { status: "skipped", reason: "no-order" }],
    ["a number", [1001], { status: "rejected", error: { code: "order.invalid" } }],
    ["a list", [[anOrder()]], { status: "rejected", error: { code: "order.invalid" } }],
    [
      "an order of another spelling",
      [{ order_number: "1", currency: "USD" }],
      { status: "rejected", error: { code: "order.invalid" } },
    ],
    [
      "context and order swapped",
      [aContext(), anOrder()],
      { status: "rejected", error: { code: "context.invalid" } },
    ],
    [
      "a token in place of the context",
      [anOrder(), "77_f3"],
      { status: "rejected", error: { code: "context.invalid" } },
    ],
    [
      "a function in place of the context",
      [anOrder(), () => aContext()],
      { status: "rejected", error: { code: "context.invalid" } },
    ],
    [
      "a list in place of the context",
      [anOrder(), [aContext()]],
      { status: "rejected", error: { code: "context.invalid" } },
    ],
    [
      "the request's headers in place of the context",
      [anOrder(), { host: "shop.example", cookie: "avad=77_f3", "user-agent": "Mozilla/5.0" }],
      { status: "rejected", error: { code: "context.invalid" } },
    ],
    [
      "a web request's headers",
      [anOrder(), new Headers({ cookie: "avad=77_f3" })],
      { status: "rejected", error: { code: "context.invalid" } },
    ],
    [
      "a context that is packed still, with a denial in it",
      [anOrder(), packContext({ consent: "denied" })],
      { status: "rejected", error: { code: "context.invalid" } },
    ],
    [
      "the context of another framework",
      [anOrder(), { request: {}, response: {}, cookies: {} }],
      { status: "rejected", error: { code: "context.invalid" } },
    ],
    ["an empty context", [anOrder(), {}], { status: "accepted" }],
    ["a context that failed", [anOrder(), failing()], { status: "rejected", error: { code: "hook.threw" } }],
    ["null options", [anOrder(), aContext(), null], { status: "accepted" }],
    ["options that are a number", [anOrder(), aContext(), 5_000], { status: "accepted" }],
    [
      "a transaction on an outbox that joins none",
      [anOrder(), aContext(), { transaction: {} }],
      { status: "not-stored", shouldRetry: true, error: { code: "outbox.no-transaction" } },
    ],
  ])("%s", async (_, given, receipt) => {
    const tracker = aTracker();
    expect(await tracker.trackOrder(...loosely<[undefined]>(given))).toMatchObject(receipt);
    await tracker.close();
  });

  test.each([
    ["Express's request", { headers: { cookie: "consent=no" }, originalUrl: "/", method: "GET" }],
    ["a web request", new Request("https://shop.example/")],
    ["what getServerSideProps is given", { req: { headers: {} }, res: {} }],
  ])("core's own tracker takes %s for no context, and names the right call", async (_, from) => {
    const outbox = memoryOutbox();
    const tracker = aCoreTracker({ outbox });
    const receipt = await tracker.trackOrder(anOrder(), loosely(from));
    expect(receipt).toMatchObject({ status: "rejected", error: { code: "context.is-a-request" } });
    expect("error" in receipt && receipt.error.help).toMatch(/createTracker.*@avantlink-s2s\/express/);
    expect(await outbox.dead.list()).toMatchObject([{ orderNumber: "1001" }]);
    await tracker.close();
  });

  test("core's own tracker reads no context of a request, and allows nothing where the shop asks for consent", async () => {
    const from = loosely<undefined>({ headers: { cookie: "consent=no" } });
    expect(await aCoreTracker({ consent: () => true }).contextOf(from)).toEqual({ consent: "denied" });
    expect(events.of("problem")).toMatchObject([{ error: { code: "context.is-a-request" } }]);
  });

  test("the context of a misspelt property, which is nothing, allows nothing where the shop asks for consent", async () => {
    expect(await aCoreTracker({ consent: () => true }).contextOf(undefined)).toEqual({ consent: "denied" });
    expect(events.of("problem")).toMatchObject([{ error: { code: "context.invalid" } }]);
    expect(await aCoreTracker().contextOf(undefined)).toEqual({});
  });

  test("a web request on Express is read as far as it can be", async () => {
    const tracker = aTracker({ consent: ({ cookies }: { cookies: object }) => "agreed" in cookies });
    const headers = new Headers({ "sec-gpc": "1", "user-agent": "Mozilla/5.0" });
    const from = { headers, url: "https://shop.example/thanks", method: "GET" };
    expect(await tracker.trackOrder(anOrder(), loosely(from))).toMatchObject({ reason: "privacy-signal" });
    headers.delete("sec-gpc");
    headers.set("cookie", "agreed=1; avad=77_f3");
    expect(await tracker.trackOrder(anOrder(), loosely(from))).toMatchObject({ status: "accepted" });
    const [order] = await sandbox.waitForOrders(1);
    expect(order?.body).toMatchObject({ tracking_ids: { avantlink_avad: "77_f3" } });
    await tracker.close();
  });

  test("a request that came to no listener of Express is read as far as it can be", async () => {
    const outbox = memoryOutbox();
    const tracker = aTracker({ outbox, consent: ({ cookies }: { cookies: object }) => "agreed" in cookies });
    const headers = { cookie: "agreed=1; avad=77_f3", "user-agent": "Mozilla/5.0" };
    const raw = { headers, url: "/thanks", method: "GET", socket: { remoteAddress: "203.0.113.7" } };
    expect(await tracker.trackOrder(anOrder(), loosely(raw))).toMatchObject({ status: "accepted" });
    const [order] = await sandbox.waitForOrders(1);
    expect(order?.body).toMatchObject({
      tracking_ids: { avantlink_avad: "77_f3" },
      user_ip_address: "203.0.113.7",
    });
    await tracker.close();
  });
});

describe("a forgotten await works, or throws at once", () => {
  test("an order's promise is waited for", async () => {
    const tracker = aTracker();
    const order = loosely<undefined>(Promise.resolve(anOrder()));
    expect(await tracker.trackOrder(order, aContext())).toMatchObject({ status: "accepted" });
    await tracker.close();
  });

  test("a context's promise is waited for, with the denial in it", async () => {
    const tracker = aTracker();
    const context = loosely<undefined>(Promise.resolve({ consent: "denied" }));
    expect(await tracker.trackOrder(anOrder(), context)).toMatchObject({
      status: "skipped",
      reason: "consent",
    });
    await tracker.close();
  });

  test("a context's promise cannot be packed: a denial in it would be lost", () => {
    expect(() => packContext(loosely(aTracker().contextOf()))).toThrow(/await tracker\.contextOf/);
  });

  test("an async consent hook denies, and is reported", async () => {
    const tracker = aTracker({ consent: async () => true });
    const from = loosely<undefined>({ headers: { cookie: "a=1" }, url: "/", method: "GET" });
    expect(await tracker.trackOrder(anOrder(), from)).toMatchObject({ status: "skipped", reason: "consent" });
    expect(events.of("problem")).toMatchObject([{ error: { code: "hook.threw" } }]);
  });
});

describe("middleware that is mounted wrongly", () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      "trackClicks without a tracker",
      () => trackClicks(loosely(undefined)),
      /expected a tracker made by createTracker/,
    ],
    [
      "trackOrders without a function",
      () => trackOrders(aTracker(), loosely(undefined)),
      /expects a function that returns the order/,
    ],
    ["trackOrders with an order", () => trackOrders(aTracker(), loosely(anOrder())), /expects a function/],
    [
      "trackOrders with its arguments swapped",
      () =>
        trackOrders(
          loosely(() => anOrder()),
          loosely(aTracker()),
        ),
      /expected a tracker/,
    ],
  ])("%s throws at start", (_, mount, message) => {
    expect(mount).toThrow(message);
  });

  test("trackClicks itself, not called, is an error that names the call", async () => {
    const app = express();
    app.use(loosely(trackClicks));
    const failed: ErrorRequestHandler = (error, _request, response, _next) =>
      void response.status(500).send(error.message);
    app.use(failed);
    expect((await request(app).get("/")).text).toMatch(/trackClicks\(tracker\)/);
  });

  test("twice tracks each click and order once", async () => {
    const tracker = aTracker();
    const app = express();
    app.use(trackClicks(tracker), trackClicks(tracker));
    app.get("/", (_, response) => void response.send("home"));
    const orders = () => trackOrders(tracker, () => anOrder());
    app.get("/thanks", orders(), orders(), (_, response) => void response.send("thanks"));
    await request(app).get("/?avad=77_f3");
    await request(app).get("/thanks");
    await sandbox.waitForOrders(1);
    await tracker.close();
    expect([sandbox.clicks.length, sandbox.orders.length]).toEqual([1, 1]);
  });

  test("a resolver that forgets its return is an event each time", async () => {
    const tracker = aTracker();
    const app = express();
    app.get(
      "/thanks",
      trackOrders(
        tracker,
        loosely(() => {}),
      ),
      (_, response) => void response.send("thanks"),
    );
    await request(app).get("/thanks");
    expect(await events.waitFor("skipped")).toMatchObject([{ kind: "order", reason: "no-order" }]);
    await tracker.close();
  });

  test("a thank-you page that redirects is an event that names the status", async () => {
    const tracker = aTracker();
    const app = express();
    app.get(
      "/thanks",
      trackOrders(tracker, () => anOrder()),
      (_, response) => response.redirect("/login"),
    );
    await request(app).get("/thanks");
    expect(await events.waitFor("skipped")).toMatchObject([{ reason: "not-confirmed", status: 302 }]);
    await tracker.close();
  });
});

describe("a tracker that is used oddly", () => {
  test("works by functions taken off it", async () => {
    const { trackOrder, close } = aTracker();
    expect(await trackOrder(anOrder(), aContext())).toMatchObject({ status: "accepted" });
    await close();
  });

  test("that was closed stores nothing, and says that the order must come again", async () => {
    const tracker = aTracker();
    await tracker.close();
    await tracker.close();
    expect(await tracker.trackOrder(anOrder(), aContext())).toMatchObject({
      status: "not-stored",
      shouldRetry: true,
      error: { code: "tracker.closed" },
    });
  });

  test("reads a context that a database gives as an object of its own class, for an order and a click", async () => {
    class Row {
      get avad() {
        return "77_f3";
      }
    }
    const tracker = aCoreTracker();
    await tracker.trackOrder(anOrder(), new Row());
    await tracker.trackClick(new Row());
    const [order] = await sandbox.waitForOrders(1);
    const [click] = await sandbox.waitForClicks(1);
    for (const record of [order, click])
      expect(record?.body).toMatchObject({ tracking_ids: { avantlink_avad: "77_f3" } });
    await tracker.close();
  });

  test("rejects neither a click nor contextOf because of its context", async () => {
    const tracker = aCoreTracker();
    const unreadable = loosely<TrackingContext>({
      get consent() {
        throw new Error("the row is gone");
      },
    });
    expect(await tracker.trackClick(unreadable)).toMatchObject({ status: "skipped", reason: "consent" });
    expect(await tracker.contextOf(unreadable)).toEqual({ consent: "denied" });
    // A forgotten await of contextOf costs nothing.
    expect(await tracker.trackClick(loosely(Promise.resolve(aContext())))).toMatchObject({
      status: "accepted",
    });
    await tracker.close();
  });

  test("takes no request for a click", async () => {
    const tracker = aCoreTracker();
    expect(await tracker.trackClick(loosely(null))).toMatchObject({ status: "rejected" });
    expect(await tracker.trackClick(loosely({ headers: {} }))).toMatchObject({ status: "rejected" });
    await tracker.close();
  });

  test("unpacks a context of nothing", () => {
    for (const nothing of [undefined, null, "x", 5, []]) expect(unpackContext(nothing)).toEqual({});
  });
});
