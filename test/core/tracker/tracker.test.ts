import { setImmediate as nextTurn } from "node:timers/promises";
import {
  AvantLinkError,
  createTracker,
  memoryOutbox,
  type Outbox,
  type TrackerOptions,
} from "@avantlink-s2s/core";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { type TestClock, testClock } from "../../support/clock.ts";
import { type EventLog, eventLog } from "../../support/events.ts";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";

const sandbox = await startSandbox();
let clock: TestClock;
let events: EventLog;

beforeEach(() => {
  clock = testClock();
  events = eventLog();
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

function aTracker(options: TrackerOptions = {}) {
  return createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    onEvent: events.onEvent,
    runtime: clock,
    ...options,
  });
}

describe("an order", () => {
  test("is accepted at once and delivered once, with nothing but the listed headers", async () => {
    const tracker = aTracker({ userAgent: "shop.example/2.0" });
    expect(await tracker.trackOrder(anOrder(), aContext())).toEqual({
      status: "accepted",
      orderNumber: "1001",
      findings: [],
      shouldRetry: false,
    });
    const [order] = await sandbox.waitForOrders(1);
    expect(order?.findings.filter(({ severity }) => severity !== "info")).toEqual([]);
    expect(sandbox.requests[0]?.path).toBe(`/merchants/${MERCHANT_ID}/tracking/order`);
    expect(order?.headers).toEqual({
      accept: "application/json",
      connection: "keep-alive",
      "content-length": String(Buffer.byteLength(order?.raw ?? "")),
      "content-type": "application/json",
      host: new URL(sandbox.url).host,
      "user-agent": "shop.example/2.0",
    });
    expect(await events.waitFor("delivered")).toMatchObject([
      { kind: "order", orderNumber: "1001", attempts: 1 },
    ]);
  });

  test("tracked 200 times at once is one POST", async () => {
    const tracker = aTracker();
    const receipts = await Promise.all(
      Array.from({ length: 200 }, () => tracker.trackOrder(anOrder(), aContext())),
    );
    await events.waitFor("delivered");
    expect(receipts.filter(({ status }) => status === "accepted")).toHaveLength(1);
    expect(receipts.filter(({ status }) => status === "duplicate")).toHaveLength(199);
    expect(sandbox.requests).toHaveLength(1);
    expect(await tracker.trackOrder(anOrder())).toMatchObject({ status: "duplicate", state: "delivered" });
  });

  test("may be waited for, by its first caller and by a later one", async () => {
    const tracker = aTracker();
    const first = tracker.trackOrder(anOrder(), aContext(), { waitForDeliveryMs: 5000 });
    const second = tracker.trackOrder(anOrder(), aContext(), { waitForDeliveryMs: 5000 });
    expect(await first).toMatchObject({ status: "delivered" });
    expect(await second).toMatchObject({ status: "duplicate", state: "delivered" });
  });

  test("that takes longer than the caller waits is accepted", async () => {
    sandbox.fail({ hang: true });
    const tracker = aTracker();
    const waiting = tracker.trackOrder(anOrder(), aContext(), { waitForDeliveryMs: 5000 });
    await sandbox.waitForRequests(1);
    clock.advance(5000);
    expect(await waiting).toMatchObject({ status: "accepted" });
  });

  test("without any ID gets a fresh visitor ID, the same at each attempt", async () => {
    sandbox.fail({ status: 500, times: 1 });
    const tracker = aTracker();
    expect(await tracker.trackOrder(anOrder())).toMatchObject({
      status: "accepted",
      findings: [{ code: "context.no-id" }],
    });
    await events.waitFor("retrying");
    clock.advance(1000);
    await events.waitFor("delivered");
    const [first, second] = sandbox.requests;
    expect(second?.raw).toBe(first?.raw);
    expect(JSON.parse(first?.raw ?? "").tracking_ids.visitor_id).toHaveLength(1);
  });

  test.each([
    ["is none", undefined, "no-order"],
    ["is not paid", { status: "unpaid", issues: [] }, "unpaid"],
    ["is a test", { status: "test", issues: [] }, "test"],
  ] as const)("that %s is skipped and claims no number", async (_, order, reason) => {
    const tracker = aTracker();
    expect(await tracker.trackOrder(order)).toMatchObject({ status: "skipped", reason });
    expect(await tracker.flush()).toMatchObject({ accepted: 0 });
  });

  test.each([
    [{ consent: "denied" }, "consent"],
    [{ gpc: true }, "privacy-signal"],
  ] as const)("of a shopper with %j is skipped", async (context, reason) => {
    expect(await aTracker().trackOrder(anOrder(), { ...aContext(), ...context })).toMatchObject({
      status: "skipped",
      reason,
    });
    expect(sandbox.requests).toEqual([]);
  });

  test("from a mapper is taken as it is, with its context and findings", async () => {
    const finding = { code: "mapper.adjusted", path: "x", message: "y" } as const;
    const mapped = {
      status: "mapped",
      order: anOrder(),
      context: aContext({ avad: "from-order" }),
      findings: [finding],
    } as const;
    const tracker = aTracker();
    expect(await tracker.trackOrder(mapped)).toMatchObject({ status: "accepted", findings: [finding] });
    expect(
      await tracker.trackOrder(
        { ...mapped, order: anOrder({ orderNumber: "2" }) },
        aContext({ avad: "given" }),
      ),
    ).toMatchObject({ status: "accepted" });
    const orders = await sandbox.waitForOrders(2);
    expect(
      orders.map(({ body }) => Reflect.get(Reflect.get(body as object, "tracking_ids"), "avantlink_avad")),
    ).toEqual(["from-order", "given"]);
  });

  test("that is wrong is rejected with its fields, kept as a dead letter, and its number stays free", async () => {
    const outbox = memoryOutbox();
    const tracker = aTracker({ outbox });
    const wrong = { ...anOrder({ currency: "US" }), email: "jane@doe.com", name: "Jane" };
    const receipt = await tracker.trackOrder(wrong, aContext());
    expect(receipt).toMatchObject({
      status: "rejected",
      orderNumber: "1001",
      error: { code: "order.invalid", issues: [{ path: "currency" }] },
    });
    const [letter] = await outbox.dead.list();
    expect(letter).toMatchObject({ kind: "rejected", reason: { code: "order.invalid" } });
    expect(letter?.body).not.toMatch(/jane/i);
    expect(JSON.parse(letter?.body ?? "")).toMatchObject({ order: { orderNumber: "1001", currency: "US" } });
    expect(await tracker.trackOrder(anOrder(), aContext())).toMatchObject({ status: "accepted" });
    await sandbox.waitForOrders(1);
    expect(await outbox.dead.list()).toEqual([]);
  });

  test("whose object fights back is not stored, and nothing is thrown", async () => {
    const hostile = new Proxy(anOrder(), {
      get: () => {
        throw new Error("boom");
      },
    });
    expect(await aTracker().trackOrder(hostile)).toMatchObject({
      status: "not-stored",
      error: { code: "unexpected" },
    });
    expect(events.all).toMatchObject([{ type: "not-stored", kind: "order", error: { code: "unexpected" } }]);
  });
});

describe("when AvantLink does not confirm", () => {
  test.each([
    ["an error", { status: 500 }],
    ["a ban", { status: 403 }],
    ["a page", { html: true }],
    ["success: false", { success: false }],
    ["half an answer", { malformed: true }],
    ["a redirect", { redirect: "/elsewhere" }],
    ["a reset", { reset: true }],
    ["silence", { hang: true }],
  ] as const)("but gives %s, the same bytes are sent again and arrive", async (_, fault) => {
    sandbox.fail({ ...fault, times: 1 });
    const tracker = aTracker({ timeoutMs: 200 });
    await tracker.trackOrder(anOrder(), aContext());
    expect(await events.waitFor("retrying")).toMatchObject([
      { orderNumber: "1001", attempts: 1, error: { code: "delivery.failed" } },
    ]);
    expect(await tracker.health()).toMatchObject({
      ok: false,
      lastFailure: { code: "delivery.failed" },
      totals: { pending: 1 },
    });
    clock.advance(500);
    const [order] = await sandbox.waitForOrders(1);
    expect(order?.raw).toBe(sandbox.requests[0]?.raw);
    expect(sandbox.requests.map(({ path }) => path)).toEqual(
      Array(2).fill(`/merchants/${MERCHANT_ID}/tracking/order`),
    );
    await events.waitFor("delivered");
    expect(await tracker.health()).toMatchObject({ ok: true, totals: { delivered: 1, pending: 0 } });
  });

  test("an order refused with 400 is a dead letter with AvantLink's error_key, and may be sent again corrected", async () => {
    const body = { error: "Bad product", error_key: "client.model.products.invalid" };
    sandbox.fail({ status: 400, body, times: 1 });
    const outbox = memoryOutbox();
    const tracker = aTracker({ outbox });
    const receipt = await tracker.trackOrder(anOrder(), aContext(), { waitForDeliveryMs: 5000 });
    expect(receipt).toMatchObject({ status: "rejected", error: { code: "delivery.refused" } });
    expect(await outbox.dead.list()).toMatchObject([
      {
        kind: "order",
        reason: { code: "delivery.refused", status: 400, errorKey: "client.model.products.invalid" },
      },
    ]);
    expect(
      await tracker.trackOrder(anOrder({ couponCodes: [] }), aContext(), { waitForDeliveryMs: 5000 }),
    ).toMatchObject({ status: "delivered" });
  });

  test("it is tried for seven days, then becomes a dead letter that can be retried", async () => {
    sandbox.fail({ status: 503 });
    const outbox = memoryOutbox();
    const tracker = aTracker({ outbox, retry: { maxDelayMs: 86_400_000 } });
    await tracker.trackOrder(anOrder(), aContext());
    for (let attempts = 1; events.of("dead").length === 0; attempts++) {
      await Promise.race([events.waitFor("retrying", attempts), events.waitFor("dead")]);
      clock.advance(clock.next() ?? 0);
    }
    expect(clock.now() - Date.UTC(2026, 0, 1)).toBe(7 * 86_400_000);
    const [letter] = await outbox.dead.list();
    expect(letter?.reason.code).toBe("delivery.expired");
    sandbox.fail(null);
    expect(await outbox.dead.retry(letter?.key ?? "")).toBe(true);
    await sandbox.waitForOrders(1);
  });

  test("a Retry-After is kept to", async () => {
    sandbox.fail({ status: 429, headers: { "Retry-After": "60" }, times: 1 });
    const tracker = aTracker();
    await tracker.trackOrder(anOrder(), aContext());
    expect(await events.waitFor("retrying")).toMatchObject([{ attempts: 0 }]);
    clock.advance(60_000);
    expect(sandbox.requests).toHaveLength(1);
    clock.advance(10_000);
    await sandbox.waitForOrders(1);
  });

  test("no more than the bound are sent at a time, and the rest follow", async () => {
    const lift = sandbox.fail({ hang: true });
    const tracker = aTracker({ concurrency: 3, timeoutMs: 500 });
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        tracker.trackOrder(anOrder({ orderNumber: `n${index}` }), aContext()),
      ),
    );
    await sandbox.waitForRequests(3);
    expect(await tracker.health()).toMatchObject({ totals: { pending: 12 } });
    expect(sandbox.requests).toHaveLength(3);
    lift();
    await events.waitFor("delivered", 9);
    clock.advance(1000);
    await events.waitFor("delivered", 12);
    expect(new Set(sandbox.orders.map(({ raw }) => raw)).size).toBe(12);
  });
});

describe("a click", () => {
  test("is sent once, with the shopper's context", async () => {
    const tracker = aTracker();
    expect(await tracker.trackClick(aContext())).toEqual({
      status: "accepted",
      orderNumber: "",
      findings: [],
      shouldRetry: false,
    });
    const [click] = await sandbox.waitForClicks(1);
    expect(click?.body).toMatchObject({ tracking_ids: { avantlink_avad: "77_f3afbe121" } });
  });

  test.each([
    ["answered with a 503 and a Retry-After", { status: 503, headers: { "Retry-After": "1800" } }],
    ["answered with something that is no JSON", { status: 200, body: "<html>" }],
  ])("that AvantLink %s is not sent again", async (_, fault) => {
    sandbox.fail(fault);
    await aTracker().trackClick(aContext());
    expect(await events.waitFor("dead")).toMatchObject([{ kind: "click", error: { code: "click.lost" } }]);
    expect(sandbox.requests).toHaveLength(1);
    expect(clock.next()).toBeUndefined();
  });

  test("that may have arrived is not sent again", async () => {
    sandbox.fail({ reset: true, taken: true });
    await aTracker().trackClick(aContext());
    await events.waitFor("dead");
    expect(sandbox.requests).toHaveLength(1);
  });

  test("of a shopper who denied tracking is skipped", async () => {
    expect(await aTracker().trackClick({ ...aContext(), gpc: true })).toMatchObject({
      status: "skipped",
      reason: "privacy-signal",
    });
  });
});

describe("outside production", () => {
  test("an order is checked, reported and not sent, and claims nothing", async () => {
    const tracker = aTracker({ mode: "dry-run" });
    expect(await tracker.trackOrder(anOrder({ subtotal: 1 }), aContext())).toMatchObject({
      status: "skipped",
      reason: "dry-run",
      findings: [{ code: "order.lines-do-not-sum" }],
    });
    expect(await tracker.trackOrder(anOrder({ currency: "" }), aContext())).toMatchObject({
      status: "rejected",
    });
    expect(await tracker.trackClick(aContext())).toMatchObject({ status: "skipped", reason: "dry-run" });
    expect(await tracker.close()).toEqual({ accepted: 0, delivered: 0, pending: 0, dead: 0, removed: 0 });
    expect(sandbox.requests).toEqual([]);
  });

  test("an order after close is skipped like any other", async () => {
    const tracker = aTracker({ mode: "dry-run" });
    await tracker.close();
    // A rejection that nobody handles would end the process.
    const unhandled: unknown[] = [];
    const note = (cause: unknown) => unhandled.push(cause);
    process.on("unhandledRejection", note);
    expect(await tracker.trackOrder(anOrder(), aContext())).toMatchObject({
      status: "skipped",
      reason: "dry-run",
    });
    await new Promise(setImmediate);
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });

  test("a private address in a context is a proxy's: it is sent to a server on this machine only", async () => {
    const outbox = memoryOutbox();
    const context = aContext({ ipAddress: "10.0.0.5" });
    const far = aTracker({
      endpoint: "https://client.avantlink.com",
      mode: "live",
      deliver: false,
      outbox: { ...outbox, durable: true },
    });
    expect(await far.trackOrder(anOrder({ orderNumber: "far" }), context)).toMatchObject({
      status: "accepted",
      findings: [{ code: "context.invalid", path: "ipAddress" }],
    });
    const near = aTracker();
    expect(await near.trackOrder(anOrder({ orderNumber: "near" }), context)).toMatchObject({ findings: [] });
  });

  test("a dry run that nobody asked for says so at start", async () => {
    await aTracker({ endpoint: "https://client.avantlink.com" }).start();
    expect(events.of("problem")).toMatchObject([{ error: { code: "tracker.dry-run" } }]);
  });

  test("a live tracker on the memory outbox reports that a crash loses orders", async () => {
    const tracker = aTracker({ endpoint: "https://client.avantlink.com", mode: "live" });
    await tracker.start();
    await tracker.start();
    expect(events.of("problem")).toMatchObject([{ error: { code: "outbox.not-durable" } }]);
    expect(await tracker.health()).toMatchObject({
      ok: true,
      outbox: { name: "memory", durable: false },
    });
    await tracker.close();
  });
});

describe("the memory outbox", () => {
  test("when full refuses the new order and keeps the old ones", async () => {
    const lift = sandbox.fail({ status: 500 });
    const tracker = aTracker({ outbox: memoryOutbox({ capacity: 1 }) });
    await tracker.trackOrder(anOrder({ orderNumber: "1" }), aContext());
    expect(await tracker.trackOrder(anOrder({ orderNumber: "2" }), aContext())).toMatchObject({
      status: "not-stored",
      error: { code: "outbox.full" },
    });
    await events.waitFor("retrying");
    lift();
    clock.advance(1000);
    await events.waitFor("delivered");
    expect(sandbox.orders).toHaveLength(1);
    expect(await tracker.trackOrder(anOrder({ orderNumber: "2" }), aContext())).toMatchObject({
      status: "accepted",
    });
  });
});

describe("an order that could not be sent", () => {
  test("keeps its IP address out of the dead letter when it must", async () => {
    const outbox = memoryOutbox();
    const tracker = aTracker({ outbox, ipAddress: "omit" });
    await tracker.trackOrder(anOrder({ currency: "US" }), aContext());
    expect((await outbox.dead.list())[0]?.body).not.toContain("203.0.113.7");
  });

  test("does not replace the letter of an order that could be sent", async () => {
    sandbox.fail({ status: 400 });
    const outbox = memoryOutbox();
    const tracker = aTracker({ outbox });
    await tracker.trackOrder(anOrder(), aContext(), { waitForDeliveryMs: 5000 });
    await tracker.trackOrder(anOrder({ currency: "??" }), aContext());
    expect(await outbox.dead.list()).toMatchObject([{ kind: "order" }]);
  });

  test("is kept with all its lines, so that its correction bills all of them", async () => {
    const outbox = memoryOutbox();
    const products = Array.from({ length: 150 }, (_, index) => ({
      sku: `${index}`.padEnd(200, "x"),
      unitPrice: 1,
      quantity: 1,
    }));
    await aTracker({ outbox }).trackOrder(anOrder({ currency: "??", products }), aContext());
    const [letter] = await outbox.dead.list();
    expect(JSON.parse(letter?.body ?? "").order.products).toEqual(products);
  });

  test("is not taken for another whose too long number begins alike", async () => {
    const outbox = memoryOutbox();
    const tracker = aTracker({ outbox });
    for (const end of ["a", "b"])
      await tracker.trackOrder(anOrder({ orderNumber: "9".repeat(128) + end, subtotal: 1 }), aContext());
    await tracker.trackOrder(anOrder({ orderNumber: `${"9".repeat(128)}a`, subtotal: 1 }), aContext());
    expect(await outbox.dead.list()).toHaveLength(2);
  });

  test("takes no room from those that can, however often it comes", async () => {
    const outbox = memoryOutbox({ capacity: 5 });
    const tracker = aTracker({ outbox });
    for (let index = 0; index < 20; index++)
      await tracker.trackOrder(anOrder({ orderNumber: "", subtotal: index }), aContext());
    await tracker.trackOrder(anOrder({ orderNumber: "", subtotal: 1 }), aContext());
    expect(await outbox.totals()).toMatchObject({ dead: 20 });
    expect(await tracker.trackOrder(anOrder(), aContext())).toMatchObject({ status: "accepted" });
    await sandbox.waitForOrders(1);
  });

  test("can be tracked once it is corrected, though a thousand others came after it", async () => {
    const tracker = aTracker();
    await tracker.trackOrder(anOrder({ currency: "??" }), aContext());
    for (let index = 0; index < 1_000; index++)
      await tracker.trackOrder(anOrder({ orderNumber: `X-${index}`, currency: "??" }), aContext());
    expect(await tracker.trackOrder(anOrder(), aContext())).toMatchObject({ status: "accepted" });
    const { accepted, delivered, pending, dead, removed } = (await tracker.health()).totals ?? {};
    expect([accepted, removed, dead]).toEqual([1_002, 1, 1_000]);
    expect((delivered ?? 0) + (pending ?? 0)).toBe(1);
    await sandbox.waitForOrders(1);
  });

  test("of another copy of this package is known as its error", () => {
    const foreign = { [Symbol.for("avantlink-s2s.error")]: true, code: "outbox.full" };
    expect(foreign).toBeInstanceOf(AvantLinkError);
    expect(new Error("x")).not.toBeInstanceOf(AvantLinkError);
  });

  test.each([
    ["a symbol", Symbol("9.99")],
    [
      "an object that throws",
      {
        valueOf: () => {
          throw new Error("boom");
        },
      },
    ],
    ["a bare object", Object.create(null)],
  ])("since its price is %s is rejected by its field", async (_, unitPrice) => {
    const order = anOrder({ products: [{ sku: "A", unitPrice: unitPrice as never, quantity: 1 }] });
    expect(await aTracker().trackOrder(order, aContext())).toMatchObject({
      status: "rejected",
      error: { code: "order.invalid", issues: [{ path: "products[0].unitPrice" }] },
    });
  });
});

describe("a clock that was set back", () => {
  test("does not hold up what waits for its time", async () => {
    sandbox.fail({ status: 500, times: 1 });
    let back = 0;
    const tracker = aTracker({ runtime: { ...clock, now: () => clock.now() - back } });
    await tracker.trackOrder(anOrder(), aContext());
    await events.waitFor("retrying");
    while (clock.next() === undefined) await new Promise(setImmediate);
    back = 3_600_000;
    clock.advance(1_000);
    await sandbox.waitForOrders(1);
  });
});

describe("closing", () => {
  test("an outbox that hangs, or a silent AvantLink, holds it up for little longer than it was given", async () => {
    const stuck: Outbox = { ...memoryOutbox(), totals: () => new Promise(() => {}) };
    const hung = createTracker({
      merchantId: MERCHANT_ID,
      endpoint: sandbox.url,
      onEvent: events.onEvent,
      outbox: stuck,
    });
    sandbox.fail({ hang: true });
    const silent = createTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url, onEvent: events.onEvent });
    await hung.trackOrder(anOrder(), aContext());
    await silent.trackOrder(anOrder(), aContext());
    await sandbox.waitForRequests(2);
    // Far below the ten seconds that one call to AvantLink may take, and below this test's own limit.
    await Promise.all([hung.close({ timeoutMs: 50 }), silent.close({ timeoutMs: 50 })]);
    await sandbox.waitForRequests(2, { where: ({ state }) => state === "lost" });
    expect(await hung.health()).toMatchObject({ ok: false });
  }, 9_000);

  test("leaves an unused tracker's outbox shut", async () => {
    const outbox: Outbox = { ...memoryOutbox(), open: () => expect.unreachable() };
    const tracker = aTracker({ outbox });
    await tracker.close();
    await expect(tracker.start()).rejects.toMatchObject({ code: "tracker.closed" });
    expect(await tracker.health()).toMatchObject({ ok: false });
    expect(events.of("problem")).toMatchObject([{ error: { code: "tracker.closed" } }]);
  });

  test("waits for an order that was not awaited", async () => {
    const tracker = createTracker({
      merchantId: MERCHANT_ID,
      endpoint: sandbox.url,
      onEvent: events.onEvent,
    });
    const late = <Value>(value: Value) => nextTurn().then(() => value) as unknown as Value;
    void tracker.trackOrder(late(anOrder({ orderNumber: "1" })), aContext());
    void tracker.trackOrder(anOrder({ orderNumber: "2" }), late(aContext()));
    expect(await tracker.close()).toMatchObject({ accepted: 2, delivered: 2 });
  });

  test("delivers pending orders, returns the totals, and accepts no more", async () => {
    const tracker = createTracker({
      merchantId: MERCHANT_ID,
      endpoint: sandbox.url,
      onEvent: events.onEvent,
    });
    await tracker.trackOrder(anOrder(), aContext());
    expect(await tracker.close()).toMatchObject({ accepted: 1, delivered: 1, pending: 0 });
    expect(await tracker.trackOrder(anOrder({ orderNumber: "2" }), aContext())).toMatchObject({
      status: "not-stored",
      error: { code: "tracker.closed" },
    });
    expect(await tracker.close()).toMatchObject({ delivered: 1 });
  });

  test("gives up waiting when the time is up, and says what is left", async () => {
    sandbox.fail({ hang: true });
    const tracker = createTracker({
      merchantId: MERCHANT_ID,
      endpoint: sandbox.url,
      onEvent: events.onEvent,
      timeoutMs: 300,
    });
    await tracker.trackOrder(anOrder(), aContext());
    expect(await tracker.close({ timeoutMs: 50 })).toMatchObject({ accepted: 1, pending: 1 });
  });
});

describe("the reports to the shop", () => {
  test("a listener that throws breaks nothing", async () => {
    const tracker = aTracker({
      onEvent: () => {
        throw new Error("boom");
      },
    });
    expect(await tracker.trackOrder(anOrder(), aContext(), { waitForDeliveryMs: 5000 })).toMatchObject({
      status: "delivered",
    });
  });

  test("no event and no health report holds what was ordered or by whom", async () => {
    sandbox.fail({ status: 500, times: 1 });
    const tracker = aTracker();
    await tracker.trackOrder(anOrder(), aContext());
    await events.waitFor("retrying");
    clock.advance(1000);
    await events.waitFor("delivered");
    const reported = JSON.stringify([events.all, await tracker.health()]);
    for (const secret of ["TENT-2P", "203.0.113.7", "77_f3afbe121", "Mozilla", "SAVE10"])
      expect(reported).not.toContain(secret);
  });

  test("an outbox that hangs holds a caller for one second at most", async () => {
    const stuck: Outbox = { ...memoryOutbox(), put: () => new Promise(() => {}) };
    const tracker = aTracker({ outbox: stuck });
    const waiting = tracker.trackOrder(anOrder(), aContext());
    await tracker.start();
    clock.advance(1000);
    expect(await waiting).toMatchObject({ status: "not-stored", error: { code: "outbox.slow" } });
  });
});
