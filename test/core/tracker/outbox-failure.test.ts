import { inspect } from "node:util";
import {
  AvantLinkError,
  createTracker,
  memoryOutbox,
  type Outbox,
  type Tracker,
  type TrackerOptions,
} from "@avantlink-s2s/core";
import { trackOrders } from "@avantlink-s2s/express";
import { startSandbox } from "@avantlink-s2s/sandbox";
import express from "express";
import request from "supertest";
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

/** A durable outbox in memory, with a store that a test can take away. */
function brittleOutbox() {
  const inner = memoryOutbox();
  let failure: { readonly opens: boolean; readonly cause: unknown } | undefined;
  let puts = 0;
  const outbox: Outbox = {
    ...inner,
    durable: true,
    async open(...given) {
      if (failure && !failure.opens) throw failure.cause;
      return inner.open(...given);
    },
    async put(...given) {
      puts += 1;
      if (failure) throw failure.cause;
      return inner.put(...given);
    },
  };
  return {
    outbox,
    inner,
    get puts() {
      return puts;
    },
    fail(cause: unknown = new Error("database or disk is full")) {
      failure = { opens: true, cause };
    },
    failToOpen(cause: unknown = new Error("connect ECONNREFUSED")) {
      failure = { opens: false, cause };
    },
    heal() {
      failure = undefined;
    },
  };
}

function aTracker(outbox: Outbox, options: TrackerOptions = {}): Tracker {
  return createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    onEvent: events.onEvent,
    runtime: clock,
    outbox,
    ...options,
  });
}

const order = (orderNumber: string) => anOrder({ orderNumber });

describe("an order that the outbox cannot store", () => {
  test("is delivered at once, and the receipt says that it was not stored", async () => {
    const store = brittleOutbox();
    store.fail();
    const tracker = aTracker(store.outbox);
    expect(await tracker.trackOrder(anOrder(), aContext())).toMatchObject({
      status: "not-stored",
      error: { code: "outbox.unavailable", cause: { message: "database or disk is full" } },
    });
    await events.waitFor("delivered");
    expect(sandbox.orders).toHaveLength(1);
    expect(events.of("not-stored")).toHaveLength(1);
    expect(events.of("accepted")).toHaveLength(0);
    expect(await tracker.health()).toMatchObject({
      ok: false,
      lastDeliveredAt: clock.now(),
      lastFailure: { code: "outbox.unavailable" },
    });
  });

  test("ends with the next order that is stored, for a process that delivers none", async () => {
    const store = brittleOutbox();
    store.fail();
    const tracker = aTracker(store.outbox, { deliver: false });
    await tracker.trackOrder(order("1"), aContext());
    expect(await tracker.health()).toMatchObject({ ok: false });
    store.heal();
    await tracker.trackOrder(order("2"), aContext());
    expect(await tracker.health()).toMatchObject({ ok: true, lastFailure: undefined });
  });

  test.each([
    [false, true],
    [true, false],
  ])("with deliver: %s, an outbox that stalled is well once it stores an order: %s", async (deliver, ok) => {
    const store = brittleOutbox();
    let report: (error: AvantLinkError) => void = () => {};
    const open: Outbox["open"] = async (runtime, problem) => {
      report = problem;
      await store.outbox.open(runtime, problem);
    };
    // Nothing is handed out, so that no delivery ends the failure.
    const run: Outbox["run"] = async () => ({ stop: async () => {} });
    const tracker = aTracker({ ...store.outbox, open, run }, { deliver });
    await tracker.start();
    report(new AvantLinkError("outbox.stalled"));
    expect(await tracker.health()).toMatchObject({ ok: false });
    await tracker.trackOrder(order("1"), aContext());
    expect(await tracker.health()).toMatchObject({ ok });
  });

  test("is delivered when the caller waits for that", async () => {
    const store = brittleOutbox();
    store.fail();
    const receipt = await aTracker(store.outbox).trackOrder(anOrder(), aContext(), {
      waitForDeliveryMs: 5_000,
    });
    expect(receipt).toMatchObject({ status: "delivered", orderNumber: "1001" });
  });

  test("is not sent again when it is tracked again", async () => {
    const store = brittleOutbox();
    store.fail();
    const tracker = aTracker(store.outbox);
    await tracker.trackOrder(anOrder(), aContext());
    await events.waitFor("delivered");
    store.heal();
    expect(await tracker.trackOrder(anOrder(), aContext())).toMatchObject({
      status: "duplicate",
      state: "delivered",
    });
    expect(sandbox.orders).toHaveLength(1);
  });

  test("and that stored it all the same does not have it sent again by this process", async () => {
    const inner = memoryOutbox();
    const storing: Promise<unknown>[] = [];
    // As a database does whose connection breaks behind the commit.
    const tracker = aTracker({
      ...inner,
      durable: true,
      async put(...given) {
        storing.push(inner.put(...given));
        throw new Error("Connection terminated");
      },
    });
    await tracker.trackOrder(order("1001"), aContext());
    await tracker.trackOrder(order("1002"), aContext());
    await Promise.all(storing);
    await expect.poll(async () => (await inner.totals()).delivered).toBe(2);
    await tracker.close();
    expect(sandbox.orders).toHaveLength(2);
    expect(sandbox.requests).toHaveLength(2);
  });

  test("is sent once, however many track it meanwhile", async () => {
    const store = brittleOutbox();
    store.fail();
    sandbox.fail({ delayMs: 50 });
    const tracker = aTracker(store.outbox);
    const receipts = await Promise.all(
      Array.from({ length: 20 }, () =>
        tracker.trackOrder(anOrder(), aContext(), { waitForDeliveryMs: 5_000 }),
      ),
    );
    expect(receipts.every(({ status }) => status === "delivered" || status === "duplicate")).toBe(true);
    expect(sandbox.requests).toHaveLength(1);
    sandbox.reset();
    sandbox.fail({ hang: true });
    const waiting = [
      tracker.trackOrder(order("2"), aContext()),
      sandbox.waitForRequests(1).then(() => tracker.trackOrder(order("2"), aContext())),
    ];
    await sandbox.waitForRequests(1);
    await expect.poll(() => clock.next()).toBe(1_000);
    clock.advance(1_000);
    for (const receipt of await Promise.all(waiting)) {
      expect(receipt).toMatchObject({ status: "not-stored", error: { code: "outbox.unavailable" } });
    }
    expect(sandbox.requests).toHaveLength(1);
  });

  test("keeps its number free when it could not be delivered either", async () => {
    const store = brittleOutbox();
    store.fail();
    const lift = sandbox.fail({ status: 503 });
    const tracker = aTracker(store.outbox);
    expect(await tracker.trackOrder(anOrder(), aContext(), { waitForDeliveryMs: 5_000 })).toMatchObject({
      status: "not-stored",
      error: { code: "outbox.unavailable" },
    });
    expect(sandbox.requests).toHaveLength(1);
    lift();
    store.heal();
    expect(await tracker.trackOrder(anOrder(), aContext())).toMatchObject({ status: "accepted" });
    await events.waitFor("delivered");
    expect(sandbox.orders).toHaveLength(1);
  });

  test("hands on nothing of what an engine hangs on its error, neither by receipt nor by event", async () => {
    const store = brittleOutbox();
    const command = { name: "AUTH", args: ["default", "hunter2", '{"user_agent":"Firefox"}'] };
    store.fail(Object.assign(new Error("WRONGPASS redis//:hunter2@queue:6379"), { command }));
    const tracker = aTracker(store.outbox);
    const receipt = await tracker.trackOrder(anOrder(), aContext());
    await events.waitFor("delivered");
    expect(receipt).toMatchObject({ error: { code: "outbox.unavailable" } });
    const shown = inspect([receipt, events.all], { depth: Infinity, showHidden: true });
    expect(shown).toContain("WRONGPASS redis//[removed]");
    expect(shown).not.toMatch(/hunter2|AUTH/);
  });

  test("leaves the page as it is", async () => {
    const store = brittleOutbox();
    store.fail();
    const app = express();
    app.get(
      "/thanks",
      trackOrders(aTracker(store.outbox), () => anOrder()),
      (_, response) => void response.send("thank you"),
    );
    const page = await request(app).get("/thanks");
    expect(page.status).toBe(200);
    expect(page.text).toBe("thank you");
    await events.waitFor("delivered");
  });

  test("is waited for by flush and close", async () => {
    const store = brittleOutbox();
    store.fail();
    sandbox.fail({ delayMs: 100 });
    const tracker = aTracker(store.outbox);
    await tracker.trackOrder(anOrder(), aContext());
    await tracker.flush();
    expect(events.of("delivered")).toHaveLength(1);
    await tracker.trackOrder(order("2"), aContext());
    await tracker.close();
    expect(events.of("delivered")).toHaveLength(2);
  });

  test("is not sent from inside a transaction, which may yet be rolled back", async () => {
    const store = brittleOutbox();
    store.fail();
    const tracker = aTracker({ ...store.outbox, joinsTransactions: true });
    const asked = { transaction: {}, waitForDeliveryMs: 5_000 };
    expect(await tracker.trackOrder(anOrder(), aContext(), asked)).toMatchObject({
      status: "not-stored",
      error: { code: "outbox.unavailable" },
    });
    await tracker.flush();
    expect(sandbox.requests).toHaveLength(0);
  });

  test("is rejected when its outbox cannot join the transaction, and is not stored outside of it", async () => {
    const store = brittleOutbox();
    expect(await aTracker(store.outbox).trackOrder(anOrder(), aContext(), { transaction: {} })).toMatchObject(
      { status: "not-stored", error: { code: "outbox.no-transaction" } },
    );
    expect(store.puts).toBe(0);
  });
});

describe("an outbox that is slow", () => {
  test("holds the caller for a second, and reports when the order is stored after all", async () => {
    const inner = memoryOutbox();
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const slow: Outbox = { ...inner, put: (...given) => held.then(() => inner.put(...given)) };
    const tracker = aTracker(slow);
    const waiting = tracker.trackOrder(anOrder(), aContext());
    await tracker.start();
    clock.advance(1_000);
    expect(await waiting).toMatchObject({ status: "not-stored", error: { code: "outbox.slow" } });
    expect(sandbox.requests).toHaveLength(0);
    letGo();
    await events.waitFor("accepted");
    await events.waitFor("delivered");
    expect(sandbox.orders).toHaveLength(1);
  });

  test("and then cannot store the order has it delivered at once", async () => {
    let refuse: (cause: Error) => void = () => {};
    const held = new Promise<never>((_, reject) => {
      refuse = reject;
    });
    const tracker = aTracker({ ...memoryOutbox(), put: () => held });
    const waiting = tracker.trackOrder(anOrder(), aContext());
    await tracker.start();
    clock.advance(1_000);
    expect(await waiting).toMatchObject({ error: { code: "outbox.slow" } });
    refuse(new Error("timeout"));
    await events.waitFor("delivered");
    expect(events.of("not-stored").map(({ error }) => error.code)).toEqual([
      "outbox.slow",
      "outbox.unavailable",
    ]);
  });
});

describe("an order inside the shop's transaction", () => {
  /** An outbox that joins transactions, one part of which is held until the test lets go. */
  function heldOutbox(part: "open" | "put") {
    const inner = memoryOutbox();
    let puts = 0;
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const outbox: Outbox = {
      ...inner,
      durable: true,
      joinsTransactions: true,
      async open(...given) {
        if (part === "open") await held;
        return inner.open(...given);
      },
      async put(...given) {
        puts += 1;
        if (part === "put") await held;
        return inner.put(...given);
      },
    };
    return { outbox, letGo, puts: () => puts };
  }

  test("is never put once the call has returned: the connection is the shop's again", async () => {
    const { outbox, letGo, puts } = heldOutbox("open");
    const tracker = aTracker(outbox);
    const waiting = tracker.trackOrder(anOrder(), aContext(), { transaction: {} });
    await expect.poll(() => clock.next()).toBe(1_000);
    clock.advance(1_000);
    expect(await waiting).toMatchObject({ status: "not-stored", error: { code: "outbox.unavailable" } });
    letGo();
    await tracker.start();
    expect(puts()).toBe(0);
    expect(await tracker.trackOrder(anOrder(), aContext(), { transaction: {} })).toMatchObject({
      status: "accepted",
    });
  });

  test("holds the call until nothing of it is under way on the shop's connection any more", async () => {
    const { outbox, letGo, puts } = heldOutbox("put");
    const waiting = aTracker(outbox).trackOrder(anOrder(), aContext(), { transaction: {} });
    await expect.poll(puts).toBe(1);
    clock.advance(10_000);
    letGo();
    expect(await waiting).toMatchObject({ status: "accepted" });
    expect(events.of("not-stored")).toEqual([]);
  });
});

describe("an outbox that cannot be opened", () => {
  test("has each order delivered at once, and says why in its own words", async () => {
    const store = brittleOutbox();
    store.failToOpen(new AvantLinkError("outbox.unfit", { detail: "It is read-only." }));
    const tracker = aTracker(store.outbox);
    await expect(tracker.start()).rejects.toMatchObject({ code: "outbox.unfit" });
    expect(events.of("problem")).toMatchObject([{ error: { code: "outbox.unfit" } }]);
    expect(await tracker.trackOrder(anOrder(), aContext())).toMatchObject({
      status: "not-stored",
      error: { code: "outbox.unfit", message: expect.stringContaining("It is read-only.") },
    });
    await events.waitFor("delivered");
    expect(await tracker.health()).toMatchObject({ ok: false });
  });

  test("is tried again by itself, and what was pending in it is delivered", async () => {
    const store = brittleOutbox();
    const before = aTracker(store.outbox, { deliver: false });
    await before.trackOrder(anOrder(), aContext());
    store.failToOpen();
    const worker = aTracker(store.outbox);
    await expect(worker.start()).rejects.toMatchObject({ code: "outbox.unavailable" });
    clock.advance(5_000);
    await expect.poll(() => clock.next()).toBe(5_000);
    store.heal();
    clock.advance(5_000);
    await events.waitFor("delivered");
    expect(sandbox.orders).toHaveLength(1);
  });

  test("does not hold up clicks", async () => {
    const store = brittleOutbox();
    store.failToOpen();
    expect(await aTracker(store.outbox).trackClick(aContext())).toMatchObject({ status: "accepted" });
    await sandbox.waitForClicks(1);
  });

  test("is not tried any more once the tracker is closed", async () => {
    const store = brittleOutbox();
    store.failToOpen();
    const tracker = aTracker(store.outbox);
    await expect(tracker.start()).rejects.toMatchObject({ code: "outbox.unavailable" });
    await tracker.close();
    expect(clock.next()).toBeUndefined();
  });
});

test("an invalid order that cannot even be kept is not stored, and an event says what is wrong with the order", async () => {
  const store = brittleOutbox();
  store.fail();
  const tracker = aTracker(store.outbox);
  expect(await tracker.trackOrder(anOrder({ currency: "dollars" }), aContext())).toMatchObject({
    status: "not-stored",
    shouldRetry: true,
    error: { code: "outbox.unavailable" },
  });
  expect(events.of("rejected")).toMatchObject([{ error: { code: "order.invalid" } }]);
  expect(events.of("not-stored")).toMatchObject([{ error: { code: "outbox.unavailable" } }]);
  expect(sandbox.requests).toHaveLength(0);
});

test.each(["outbox.at-risk", "outbox.no-thread"] as const)(
  "%s is a warning, and no failure",
  async (code) => {
    const outbox: Outbox = {
      ...memoryOutbox(),
      durable: true,
      open: async (_, warn) => warn(new AvantLinkError(code)),
    };
    const tracker = aTracker(outbox);
    await tracker.start();
    expect(events.of("problem")).toMatchObject([{ error: { code } }]);
    expect(await tracker.health()).toMatchObject({ ok: true, lastFailure: undefined });
  },
);
