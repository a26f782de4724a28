import { inspect } from "node:util";
import type { ClaimedJob, TrackerOptions } from "@avantlink-s2s/core";
import { describe, expect, test } from "vitest";
import type { Answer } from "../../../packages/core/src/delivery/answer.ts";
import { createDelivery } from "../../../packages/core/src/delivery/deliver.ts";
import { createDeliveryWaits } from "../../../packages/core/src/delivery/delivery-waits.ts";
import { type Transport, TransportError } from "../../../packages/core/src/delivery/transport.ts";
import { readConfig } from "../../../packages/core/src/options/config.ts";
import { orderKey } from "../../../packages/core/src/order/order-key.ts";
import { createWarnOnce } from "../../../packages/core/src/reporting/report.ts";
import { testClock } from "../../support/clock.ts";
import { eventLog } from "../../support/events.ts";
import { MERCHANT_ID } from "../../support/orders.ts";

/** A delivery whose POSTs a test answers, with everything that it reports. */
function aDelivery(answer: (url: string) => Answer | Error | Promise<Answer>, options: TrackerOptions = {}) {
  const clock = testClock();
  const events = eventLog();
  const urls: string[] = [];
  const transport: Transport = {
    async post({ url }) {
      urls.push(url.split("/").at(-1) ?? "");
      const answered = await answer(url);
      if (answered instanceof Error) throw answered;
      return answered;
    },
    async close() {},
  };
  const health = { delivered() {}, failed() {} };
  const config = readConfig({ merchantId: MERCHANT_ID, mode: "live", runtime: clock, ...options }, {});
  const delivery = createDelivery(
    config,
    transport,
    events.onEvent,
    health,
    createDeliveryWaits(clock),
    createWarnOnce(events.onEvent),
  );
  const job = (changes: Partial<ClaimedJob> = {}): ClaimedJob => ({
    key: orderKey(MERCHANT_ID, "1"),
    kind: "order",
    orderNumber: "1",
    body: "{}",
    acceptedAt: clock.now(),
    attempts: 0,
    ...changes,
  });
  return { clock, events, urls, delivery, job };
}

const unreached = () => new TransportError("Can't connect to AvantLink (ECONNREFUSED)", false);
const broken = () => new TransportError("The connection to AvantLink broke (ECONNRESET)", true);
const answered = (status: number, retryAfter?: string): Answer => ({ status, retryAfter, body: "" });
const success: Answer = { status: 200, body: '{"success": true}' };

describe("while AvantLink cannot be reached", () => {
  test.each([
    [1, 50],
    [20, 240],
    [96, 1_000],
  ])(
    "with %i slots for orders and 4 for clicks, each is kept for %i ms: at most 100 attempts a second",
    async (concurrency, ms) => {
      const { clock, delivery, job } = aDelivery(unreached, { concurrency });
      const delivering = delivery.deliver(job());
      await expect.poll(() => clock.next()).toBe(ms);
      clock.advance(ms);
      expect(await delivering).toMatchObject({ status: "retry", counted: true });
    },
  );

  test("an attempt that reached AvantLink keeps its slot no longer than it takes", async () => {
    const { clock, delivery, job } = aDelivery(broken);
    expect(await delivery.deliver(job())).toMatchObject({ status: "retry", counted: true });
    expect(clock.next()).toBeUndefined();
  });
});

describe("a pause that AvantLink asks for", () => {
  test.each([
    ["a 429", answered(429), 30_000],
    ["a Retry-After", answered(503, "60"), 60_000],
  ])("by %s holds for every order and click of the process, and costs no attempt", async (_, first, ms) => {
    let answer = first;
    const { clock, delivery, job, urls, events } = aDelivery(() => answer);
    await delivery.deliver(job({ attempts: 3 }));
    expect(events.of("retrying")).toMatchObject([{ attempts: 3, retryAt: clock.now() + ms + 5_000 }]);
    answer = success;

    const held = [delivery.deliver(job({ attempts: 7 })), delivery.deliverClick(job())];
    await expect.poll(() => clock.next()).toBe(500);
    clock.advance(500);
    for (const verdict of await Promise.all(held)) {
      expect(verdict).toMatchObject({ status: "retry", counted: false });
      expect("at" in verdict && verdict.at).toBeGreaterThanOrEqual(clock.now() + ms - 500);
    }
    expect(urls).toHaveLength(1);
    expect(events.of("retrying")).toHaveLength(1);

    clock.advance(ms - 500);
    expect(await delivery.deliver(job())).toEqual({ status: "delivered" });
  });

  test("is over when the clock was set back behind its beginning", async () => {
    let answer = answered(429);
    const { clock, delivery, job } = aDelivery(() => answer);
    await delivery.deliver(job());
    answer = success;
    clock.setBack(3_600_000);
    expect(await delivery.deliver(job())).toEqual({ status: "delivered" });
  });
});

describe("a click", () => {
  test.each([
    ["500", answered(500)],
    ["429", answered(429, "1")],
    ["a text that is no JSON", answered(200)],
    ["a connection that broke", broken()],
  ])("that was answered by %s is given up, not sent again", async (_, answer) => {
    const { delivery, job, events } = aDelivery(() => answer);
    expect(await delivery.deliverClick(job())).toEqual({ status: "delivered" });
    expect(events.of("dead")).toMatchObject([{ kind: "click", error: { code: "click.lost" }, attempts: 1 }]);
  });

  test("of which nothing was sent is tried again, for an hour", async () => {
    const { clock, delivery, job, events } = aDelivery(unreached);
    const first = delivery.deliverClick(job());
    await expect.poll(() => clock.next()).toBe(240);
    clock.advance(240);
    expect(await first).toMatchObject({ status: "retry", counted: true });
    const last = delivery.deliverClick(job({ acceptedAt: clock.now() - 3_600_000 }));
    await expect.poll(() => clock.next()).toBe(240);
    clock.advance(240);
    expect(await last).toEqual({ status: "delivered" });
    expect(events.of("dead")).toMatchObject([{ kind: "click", error: { code: "click.lost" } }]);
  });
});

test("a click that waited for an hour ends there, though AvantLink still asks for a pause", async () => {
  let answer = answered(429, "86400");
  const { clock, delivery, job, urls, events } = aDelivery(() => answer);
  await delivery.deliver(job());
  answer = success;
  const held = delivery.deliverClick(job({ kind: "click", acceptedAt: clock.now() - 3_600_000 }));
  await expect.poll(() => clock.next()).toBe(500);
  clock.advance(500);
  expect(await held).toEqual({ status: "delivered" });
  expect(urls).toEqual(["order"]);
  expect(events.of("dead")).toMatchObject([{ kind: "click", error: { code: "click.lost" } }]);
});

describe("an order that is delivered directly", () => {
  test("is not sent during a pause that AvantLink asks for, and may begin one", async () => {
    const { delivery, job, urls } = aDelivery(() => answered(429, "60"));
    expect(await delivery.deliverDirectly(job())).toBe(false);
    expect(await delivery.deliverDirectly(job({ key: "2", orderNumber: "2" }))).toBe(false);
    expect(urls).toHaveLength(1);
  });

  test("does not wait in memory behind a thousand others", async () => {
    const { delivery, job } = aDelivery(() => new Promise<Answer>(() => {}), { concurrency: 1 });
    const orders = Array.from({ length: 1_001 }, (_, index) => job({ key: `${index}` }));
    for (const order of orders) void delivery.deliverDirectly(order);
    expect(await delivery.deliverDirectly(job({ key: "one more" }))).toBe(false);
  });

  test("holds its slot of the outbox no longer than one call to AvantLink may take", async () => {
    const { clock, delivery, job } = aDelivery(() => new Promise<Answer>(() => {}));
    void delivery.deliverDirectly(job());
    const delivering = delivery.deliver(job());
    await expect.poll(() => clock.next()).toBe(10_000);
    clock.advance(10_000);
    expect(await delivering).toMatchObject({ status: "retry", counted: false });
  });
});

describe("an order of another merchant", () => {
  const OTHER_KEY = orderKey("00000000-0000-4000-8000-000000000001", "1");

  test("is not sent, at no cost of attempts, and is reported once", async () => {
    const { delivery, job, urls, events, clock } = aDelivery(() => success);
    const ages = [0, 60_000, 86_400_000];
    const others = ages.map((age) => job({ key: OTHER_KEY, acceptedAt: clock.now() - age }));
    const verdicts = await Promise.all(others.map(delivery.deliver));
    expect(verdicts).toMatchObject([
      { status: "retry", counted: false, at: clock.now() + 1_500 },
      { status: "retry", counted: false, at: clock.now() + 65_000 },
      { status: "retry", counted: false, at: clock.now() + 65_000 },
    ]);
    expect(urls).toEqual([]);
    expect(events.all).toMatchObject([{ type: "problem", error: { code: "outbox.other-merchant" } }]);
  });

  test("is a dead letter that says what to do when its time is up", async () => {
    const { delivery, job, urls, events, clock } = aDelivery(() => success);
    const verdict = await delivery.deliver(job({ key: OTHER_KEY, acceptedAt: clock.now() - 7 * 86_400_000 }));
    expect(verdict).toMatchObject({
      status: "dead",
      reason: {
        code: "outbox.other-merchant",
        message: expect.stringContaining("outbox deliver --merchant"),
      },
    });
    expect(events.of("dead")).toMatchObject([{ orderNumber: "1", error: { code: "outbox.other-merchant" } }]);
    expect(urls).toEqual([]);
  });

  test("counts as ours where the order has no number of its own", async () => {
    const { delivery, job } = aDelivery(() => success);
    expect(await delivery.deliver(job({ key: OTHER_KEY, orderNumber: "" }))).toEqual({ status: "delivered" });
  });
});

describe("events count attempts, the reported one included:", () => {
  test("an order that is delivered at the first try took 1", async () => {
    const { delivery, job, events } = aDelivery(() => success);
    await delivery.deliver(job());
    expect(events.of("delivered")).toMatchObject([{ attempts: 1, orderNumber: "1" }]);
  });

  test("a failed one counts, and so does the last", async () => {
    const { clock, delivery, job, events } = aDelivery(() => answered(500));
    await delivery.deliver(job({ attempts: 4 }));
    await delivery.deliver(job({ attempts: 4, acceptedAt: clock.now() - 7 * 86_400_000 }));
    expect(events.of("retrying")).toMatchObject([{ attempts: 5 }]);
    expect(events.of("dead")).toMatchObject([{ attempts: 5, error: { code: "delivery.expired" } }]);
  });
});

test("AvantLink's own words stand in the dead letter, and neither in the event nor in a log", async () => {
  const body = '{"error": "Jane Doe of 203.0.113.7 is unknown", "error_key": "user.unknown"}';
  const { delivery, job, events } = aDelivery(() => ({ status: 422, body }));
  const verdict = await delivery.deliver(job());
  expect(verdict).toMatchObject({
    status: "dead",
    reason: {
      code: "delivery.refused",
      message: "AvantLink answered 422 (user.unknown). Jane Doe of 203.0.113.7 is unknown",
      errorKey: "user.unknown",
    },
  });
  const [dead] = events.of("dead");
  expect(dead?.error.message).toContain("AvantLink answered 422 (user.unknown).");
  expect(inspect(events.all, { depth: Infinity })).not.toMatch(/Jane|203\.0/);
});

test("an unknown error of the transport is reported without what it carries", async () => {
  const foreign = Object.assign(new Error("jane@doe.com"), { code: "EODD", body: "hunter2" });
  const { delivery, job, events } = aDelivery(() => foreign);
  expect(await delivery.deliver(job())).toMatchObject({
    status: "retry",
    reason: "Sending failed: Error: [removed] (EODD)",
  });
  expect(inspect(events.all, { depth: Infinity })).not.toMatch(/jane|hunter2/);
});
