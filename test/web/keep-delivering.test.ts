import { createTracker, memoryOutbox, type Order, type Outbox } from "@avantlink-s2s/core";
import { adapterOf } from "@avantlink-s2s/core/adapter";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { keepDelivering } from "../../packages/web/src/keep-delivering.ts";
import { testClock } from "../support/clock.ts";
import { eventLog } from "../support/events.ts";
import { aContext, anOrder, MERCHANT_ID } from "../support/orders.ts";

const sandbox = await startSandbox();
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

/** Tracks an order with an outbox of the test's, in a function that ends when the promises that keep it alive end. */
function inFunction(put: Outbox["put"], outbox = memoryOutbox(), order: Order = anOrder()) {
  const clock = testClock();
  const events = eventLog();
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    onEvent: events.onEvent,
    runtime: clock,
    outbox: { ...outbox, durable: true, put },
  });
  const tracking = tracker.trackOrder(order, aContext());
  let halted = false;
  const kept: Promise<unknown>[] = [];
  keepDelivering(adapterOf(tracker), tracking, (promise) => kept.push(promise));
  const end = Promise.all(kept).then(() => {
    halted = true;
  });
  return { clock, events, tracking, end, halted: () => halted };
}

describe("a function is kept alive for an order", () => {
  test("that a slow outbox takes only after the answer, until it is delivered", async () => {
    const inner = memoryOutbox();
    const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = inFunction(async (...given) => {
      asked.resolve();
      await answer.promise;
      return inner.put(...given);
    }, inner);
    await asked.promise;
    slow.clock.advance(1_000);
    expect(await slow.tracking).toMatchObject({ status: "not-stored", error: { code: "outbox.slow" } });
    answer.resolve();
    await slow.end;
    expect(sandbox.orders).toHaveLength(1);
  });

  test("that the outbox cannot take, while it is delivered directly, and not for ever", async () => {
    const failing = inFunction(async () => {
      throw new Error("connection refused");
    });
    expect(await failing.tracking).toMatchObject({
      status: "not-stored",
      error: { code: "outbox.unavailable" },
    });
    await failing.events.waitFor("delivered");
    expect(failing.halted()).toBe(false);
    failing.clock.advance(5_000);
    await failing.end;
  });
});

test("a function is not kept alive for an order that goes nowhere", async () => {
  const inner = memoryOutbox();
  const { tracking, end } = inFunction(inner.put, inner, anOrder({ currency: "?" }));
  expect(await tracking).toMatchObject({ status: "rejected", error: { code: "order.invalid" } });
  await end;
});
