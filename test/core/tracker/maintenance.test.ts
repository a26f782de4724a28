import { AvantLinkError, createTracker, memoryOutbox, type TrackerOptions } from "@avantlink-s2s/core";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { testClock } from "../../support/clock.ts";
import { eventLog } from "../../support/events.ts";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";

const sandbox = await startSandbox();
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

function aTracker(options: TrackerOptions = {}) {
  return createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    onEvent: eventLog().onEvent,
    runtime: testClock(),
    outbox: { ...memoryOutbox(), durable: true },
    deliver: false,
    ...options,
  });
}

function brokenOutbox() {
  const fail = () => Promise.reject(new AvantLinkError("outbox.unavailable"));
  return { ...memoryOutbox(), durable: true, deliverDue: fail, forget: fail };
}

describe("deliverDue", () => {
  test("delivers what is due from a tracker that does not deliver by itself", async () => {
    const tracker = aTracker();
    await tracker.trackOrder(anOrder(), aContext());
    await tracker.trackOrder(anOrder({ orderNumber: "1002" }), aContext());
    expect(sandbox.requests).toHaveLength(0);
    const both = await Promise.all([tracker.deliverDue(), tracker.deliverDue({ timeoutMs: 1_000 })]);
    expect(both.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(2);
    expect(sandbox.requests).toHaveLength(2);
    expect(await tracker.deliverDue()).toEqual({ delivered: 0, retrying: 0, dead: 0, timedOut: false });
  });

  test("sends nothing in a dry run, and says so", async () => {
    const tracker = aTracker({ mode: "dry-run" });
    await tracker.trackOrder(anOrder(), aContext());
    const report = await tracker.deliverDue();
    expect(report).toMatchObject({ delivered: 0, timedOut: false, error: { code: "tracker.dry-run" } });
    expect(sandbox.requests).toHaveLength(0);
  });

  test("returns the outbox's failure and does not reject", async () => {
    const tracker = aTracker({ outbox: brokenOutbox() });
    expect(await tracker.deliverDue()).toMatchObject({ delivered: 0, error: { code: "outbox.unavailable" } });
  });
});

describe("forget", () => {
  test("erases a waiting order and keeps its number taken", async () => {
    const tracker = aTracker();
    await tracker.trackOrder(anOrder(), aContext());
    expect(await tracker.forget("1001")).toEqual({ status: "removed" });
    expect(await tracker.trackOrder(anOrder(), aContext())).toMatchObject({ status: "duplicate" });
    await tracker.deliverDue();
    expect(sandbox.requests).toHaveLength(0);
  });

  test("erases an order whose number holds an e-mail address or blanks", async () => {
    const tracker = aTracker();
    for (const orderNumber of ["anna@example.com-7", " 1003"]) {
      await tracker.trackOrder(anOrder({ orderNumber }), aContext());
      expect(await tracker.forget(orderNumber)).toEqual({ status: "removed" });
    }
  });

  test("erases in a dry run what was accepted before it", async () => {
    const shared = { ...memoryOutbox(), durable: true, close: async () => {} };
    const live = aTracker({ outbox: shared });
    await live.trackOrder(anOrder(), aContext());
    await live.close({ timeoutMs: 0 });

    const dry = aTracker({ outbox: shared, mode: "dry-run" });
    expect(await dry.forget("1001")).toEqual({ status: "removed" });
    await dry.close();
    await aTracker({ outbox: shared }).deliverDue();
    expect(sandbox.requests).toHaveLength(0);
  });

  test("fails in a dry run that does not know its merchant", async () => {
    const tracker = aTracker({ merchantId: "", mode: "dry-run" });
    expect(await tracker.forget("1001")).toMatchObject({
      status: "failed",
      error: { code: "config.invalid" },
    });
  });

  test("says when AvantLink has the order, and when there is none", async () => {
    const tracker = aTracker();
    await tracker.trackOrder(anOrder(), aContext());
    await tracker.deliverDue();
    expect(await tracker.forget("1001")).toMatchObject({ status: "delivered" });
    expect(await tracker.forget("1002")).toEqual({ status: "unknown" });
  });

  test("returns the outbox's failure and does not reject", async () => {
    const tracker = aTracker({ outbox: brokenOutbox() });
    expect(await tracker.forget("1001")).toMatchObject({
      status: "failed",
      error: { code: "outbox.unavailable" },
    });
  });
});

test("a dry run does not open the outbox to report its health, and gives no totals", async () => {
  const open = () => Promise.reject(new AvantLinkError("outbox.unavailable"));
  const tracker = aTracker({ outbox: { ...memoryOutbox(), durable: true, open }, mode: "dry-run" });
  expect(await tracker.health()).toMatchObject({ ok: true, mode: "dry-run", totals: undefined });
});
