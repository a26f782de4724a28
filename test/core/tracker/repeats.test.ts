import { createTracker, memoryOutbox } from "@avantlink-s2s/core";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, afterEach, expect, test } from "vitest";
import { eventLog } from "../../support/events.ts";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";

const sandbox = await startSandbox();
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

function aTracker() {
  const events = eventLog();
  const options = { merchantId: MERCHANT_ID, endpoint: sandbox.url, outbox: memoryOutbox() };
  return { ...createTracker({ ...options, onEvent: events.onEvent }), events };
}

test("a number that comes again with another amount is a duplicate with a finding", async () => {
  const tracker = aTracker();
  await tracker.trackOrder(anOrder(), aContext());
  expect(await tracker.trackOrder(anOrder(), aContext())).toMatchObject({
    status: "duplicate",
    findings: [],
  });
  const other = anOrder({ products: [{ sku: "TENT-2P", unitPrice: "249.95", quantity: 2 }] });
  expect(await tracker.trackOrder(other, aContext())).toMatchObject({
    status: "duplicate",
    findings: [{ code: "order.number-reused", path: "orderNumber" }],
  });
  await tracker.flush();
  // The hash outlives the body.
  expect(await tracker.trackOrder(other, aContext())).toMatchObject({
    state: "delivered",
    findings: [{ code: "order.number-reused" }],
  });
  expect(tracker.events.of("duplicate").at(-1)).toMatchObject({
    findings: [{ code: "order.number-reused" }],
  });
  await tracker.close();
});

test("a click token that comes after its order is reported", async () => {
  const tracker = aTracker();
  await tracker.trackOrder(anOrder(), {});
  expect(await tracker.trackOrder(anOrder(), aContext())).toMatchObject({
    status: "duplicate",
    findings: [{ code: "context.too-late", path: "context.avad" }],
  });
  await tracker.close();
});

test("a click token that a dead letter had is reported where an order without it takes its place", async () => {
  const tracker = aTracker();
  await tracker.trackOrder(anOrder({ currency: "dollars" }), aContext());
  expect(await tracker.trackOrder(anOrder(), {})).toMatchObject({
    status: "accepted",
    findings: expect.arrayContaining([
      expect.objectContaining({ code: "context.too-late", path: "context.avad" }),
    ]),
  });
  await tracker.trackOrder(anOrder({ orderNumber: "2", currency: "dollars" }), aContext());
  expect(await tracker.trackOrder(anOrder({ orderNumber: "2" }), aContext())).toMatchObject({
    status: "accepted",
    findings: [],
  });
  await tracker.close();
});

test("a faulty call with a click after the order leaves the report of the click that came too late", async () => {
  const tracker = aTracker();
  await tracker.trackOrder(anOrder(), {});
  await tracker.trackOrder(anOrder({ currency: "dollars" }), aContext());
  expect(await tracker.trackOrder(anOrder(), aContext())).toMatchObject({
    status: "duplicate",
    findings: [{ code: "context.too-late", path: "context.avad" }],
  });
  await tracker.close();
});

test("a shopper who denied is asked for no context, whatever an earlier call had", async () => {
  const options = { merchantId: MERCHANT_ID, endpoint: sandbox.url, whenDenied: "anonymous" } as const;
  const tracker = createTracker(options);
  await tracker.trackOrder(anOrder({ currency: "dollars" }), aContext());
  expect(await tracker.trackOrder(anOrder(), { consent: "denied" })).toMatchObject({
    status: "accepted",
    findings: [],
  });
  await tracker.close();
});

test("#1001 and 1001 are two orders, and the second is accepted with a finding", async () => {
  const tracker = aTracker();
  expect(await tracker.trackOrder(anOrder({ orderNumber: "#1001" }), aContext())).toMatchObject({
    findings: [],
  });
  expect(await tracker.trackOrder(anOrder({ orderNumber: "1001" }), aContext())).toMatchObject({
    status: "accepted",
    findings: [{ code: "order.number-form" }],
  });
  await tracker.close();
});
