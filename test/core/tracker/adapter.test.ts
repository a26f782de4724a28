import { AvantLinkError, createTracker, memoryOutbox, type TrackerOptions } from "@avantlink-s2s/core";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, afterEach, expect, test } from "vitest";
import { adapterOf, isConfirmation, trackerWith } from "../../../packages/core/src/adapter.ts";
import { isHost } from "../../../packages/core/src/context/query.ts";
import { createTracker as createEdgeTracker } from "../../../packages/core/src/index.edge.ts";
import { testClock } from "../../support/clock.ts";
import { eventLog } from "../../support/events.ts";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";

const sandbox = await startSandbox();
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const aTracker = (options: TrackerOptions = {}) =>
  createTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url, ...options });

test("an order that an adapter rejects is reported and kept, and its number stays free", async () => {
  const events = eventLog();
  const outbox = memoryOutbox();
  const tracker = aTracker({ outbox, onEvent: events.onEvent });
  const error = new AvantLinkError("order.static-page");
  const receipt = await adapterOf(tracker).rejectOrder(anOrder(), error);
  expect(receipt).toEqual({
    status: "rejected",
    orderNumber: "1001",
    error,
    findings: [],
    shouldRetry: false,
  });
  expect(events.of("rejected")).toMatchObject([
    { orderNumber: "1001", error: { code: "order.static-page" } },
  ]);
  expect(await outbox.dead.list()).toMatchObject([{ reason: { code: "order.static-page" } }]);
  expect(sandbox.requests).toHaveLength(0);
  expect(await tracker.trackOrder(anOrder(), aContext())).toMatchObject({ status: "accepted" });
  expect(await adapterOf(tracker).rejectOrder(undefined, error)).toMatchObject({ reason: "no-order" });
  await tracker.close();
});

test("an adapter can wait until an order is delivered, and no longer than it wants to", async () => {
  const tracker = aTracker();
  await tracker.trackOrder(anOrder(), aContext());
  await adapterOf(tracker).untilDelivered("1001", 10_000);
  expect(sandbox.orders).toHaveLength(1);
  await adapterOf(tracker).untilDelivered("never tracked", 1);
  await tracker.close();
});

test("a stand-in is whatever stands behind it at the time", async () => {
  const [one, other] = [aTracker(), aTracker({ siteUrl: "https://shop.example" })];
  let current = one;
  const tracker = trackerWith(() => current, {
    trackOrder: (...given) => current.trackOrder(...given),
    contextOf: (...given) => current.contextOf(...given),
  });
  expect(await tracker.trackOrder(anOrder(), aContext())).toMatchObject({ status: "accepted" });
  expect(adapterOf(tracker).siteUrl).toBeUndefined();
  current = other;
  expect(adapterOf(tracker).siteUrl).toBe("https://shop.example");
  expect(await tracker.trackOrder(anOrder(), aContext())).toMatchObject({ status: "accepted" });
  await tracker.close();
  expect([adapterOf(one).closed, adapterOf(other).closed]).toEqual([false, true]);
  await one.close();
});

test("a tracker that only reports clicks reports nothing of the outbox", async () => {
  const events = eventLog();
  // Live and far away, but never called: there is nothing to report.
  const far = createTracker({ merchantId: MERCHANT_ID, mode: "live", onEvent: events.onEvent });
  await far.trackClick({});
  expect(events.of("problem")).toEqual([]);
  await far.start();
  expect(events.of("problem")).toMatchObject([{ error: { code: "outbox.not-durable" } }]);
  await far.close();
});

test("on an edge runtime the same report says that its memory is its own", async () => {
  const events = eventLog();
  const far = createEdgeTracker({ merchantId: MERCHANT_ID, mode: "live", onEvent: events.onEvent });
  await far.start();
  const [problem] = events.of("problem");
  expect(problem?.error.message).toContain("an order that is confirmed on Node.js too is sent twice");
  await far.close();
});

test.each([
  ["GET", 200, true],
  ["POST", 201, true],
  ["GET", 304, true],
  ["PUT", 200, false],
  ["HEAD", 200, false],
  ["OPTIONS", 204, false],
  ["GET", 302, false],
  ["GET", 404, false],
  ["POST", 500, false],
])("%s answered %i confirms an order: %s", (method, status, expected) => {
  expect(isConfirmation(method, status)).toBe(expected);
});

test.each([
  ["shop.example", true],
  ["shop.example:8443", true],
  ["[2001:db8::1]:80", true],
  ["localhost:3000", true],
  ["", false],
  ["shop.example/evil", false],
  ["user@shop.example", false],
  ["a b", false],
  ["shop.example:123456", false],
])("%j is a host: %s", (value, expected) => {
  expect(isHost(value)).toBe(expected);
});

test("an order that the shop never finds is reported after ten seconds, and again when the tracker closes", async () => {
  const events = eventLog();
  const clock = testClock();
  const tracker = aTracker({ onEvent: events.onEvent, runtime: clock });
  const adapter = adapterOf(tracker);
  adapter.duringConfirmation(adapter.resolveOrder(() => new Promise(() => {})));
  clock.advance(9_999);
  expect(events.all).toEqual([]);
  clock.advance(1);
  expect(events.of("problem")).toMatchObject([
    { error: { code: "hook.threw", message: expect.stringContaining("has not answered for 10 seconds") } },
  ]);
  const closing = tracker.close({ timeoutMs: 5_000 });
  clock.advance(5_000);
  await closing;
  expect(events.of("problem").slice(1)).toMatchObject([{ error: { code: "tracker.closed" } }]);
});

test("an order that the shop finds in time leaves no timer behind", async () => {
  const clock = testClock();
  const adapter = adapterOf(aTracker({ runtime: clock }));
  expect(await adapter.resolveOrder(() => anOrder())).toMatchObject({ status: "resolved" });
  expect(clock.next()).toBeUndefined();
});
