import { execFileSync } from "node:child_process";
import { memoryOutbox, type Outbox } from "@avantlink-s2s/core";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { createTracker } from "../../packages/next/src/pages/pages-tracker.ts";
import { eventLog } from "../support/events.ts";
import { aContext, anOrder, MERCHANT_ID } from "../support/orders.ts";

// As in development: what was made last takes the place of what was made before. That in production the first stays
// is seen in the served shops, whose pages and handlers share one tracker.
const sandbox = await startSandbox();
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

let merchants = 0;
/** A tracker stays with its process, so each test has a merchant of its own. */
function aMerchant() {
  const merchantId = MERCHANT_ID.slice(0, -2) + String(10 + ++merchants);
  return { merchantId, endpoint: sandbox.url };
}

function anOutbox() {
  let closed = 0;
  const close = async () => {
    closed += 1;
  };
  const outbox: Outbox = { ...memoryOutbox(), name: "kept", durable: true, close };
  return { outbox, closed: () => closed };
}

test("trackers of one merchant and endpoint are one, wherever their module is evaluated", async () => {
  const options = aMerchant();
  const page = createTracker(options);
  expect(await page.trackOrder(anOrder(), aContext())).toMatchObject({ status: "accepted" });
  const handler = createTracker(options);
  expect(handler).toBe(page);
  expect(await handler.trackOrder(anOrder(), aContext(), { waitForDeliveryMs: 5_000 })).toMatchObject({
    status: "duplicate",
    state: "delivered",
  });
  expect(sandbox.orders).toHaveLength(1);
  await page.close();
});

test("an edit of its options takes effect in whatever holds it already", async () => {
  const options = aMerchant();
  const before = eventLog();
  const after = eventLog();
  const page = createTracker({ ...options, onEvent: before.onEvent });
  createTracker({ ...options, onEvent: after.onEvent });
  await page.trackOrder(anOrder(), aContext());
  await after.waitFor("delivered");
  expect(before.all).toEqual([]);
  await page.close();
});

test("trackers of different merchants have nothing to do with each other", async () => {
  const [one, other] = [createTracker(aMerchant()), createTracker(aMerchant())];
  expect(await one.trackOrder(anOrder(), aContext())).toMatchObject({ status: "accepted" });
  expect(await other.trackOrder(anOrder(), aContext())).toMatchObject({ status: "accepted" });
  await Promise.all([one.close(), other.close()]);
});

test("a replaced outbox is closed; an outbox in use is not", async () => {
  const options = aMerchant();
  const [first, second] = [anOutbox(), anOutbox()];
  const tracker = createTracker({ ...options, outbox: first.outbox });
  await tracker.start();
  createTracker({ ...options, outbox: first.outbox });
  await tracker.start();
  expect(first.closed()).toBe(0);
  createTracker({ ...options, outbox: second.outbox });
  await tracker.trackOrder(anOrder(), aContext(), { waitForDeliveryMs: 5_000 });
  expect([first.closed(), second.closed()]).toEqual([1, 0]);
  await tracker.close();
});

test("a closed tracker is made anew", async () => {
  const options = aMerchant();
  await createTracker(options).close();
  const tracker = createTracker(options);
  expect(await tracker.trackOrder(anOrder(), aContext())).toMatchObject({ status: "accepted" });
  await tracker.close();
});

describe("in production", () => {
  // The process's own variable decides, so each asks a process of its own.
  const reported = (...made: string[]) => {
    const script = `
      import { createTracker, memoryOutbox } from "@avantlink-s2s/next";
      const reported = [];
      const onEvent = ({ error }) => reported.push(error.code + " " + error.message);
      const merchant = { merchantId: "${MERCHANT_ID}", endpoint: "http://localhost:1", onEvent };
      const other = { ...memoryOutbox(), name: "another" };
      const made = [${made.join()}];
      console.log(JSON.stringify({ reported, one: made.every((tracker) => tracker === made[0]) }));`;
    const options = ["--conditions=@avantlink-s2s/source", "--input-type=module", "--eval", script];
    const env = { ...process.env, NODE_ENV: "production" } as const;
    return JSON.parse(
      execFileSync(process.execPath, options, { cwd: import.meta.dirname, env, encoding: "utf8" }),
    );
  };

  test("the first tracker stays, and the same call again reports nothing", () => {
    const same = "createTracker({ ...merchant, trustedProxies: 1, consent: () => true })";
    expect(reported(same, same)).toEqual({ reported: [], one: true });
  });

  test("a call with other options reports their names, because they have no effect", () => {
    const [first, second] = [
      "trustedProxies: 1, siteUrl: 'https://a.example'",
      "trustedProxies: 2, outbox: other",
    ];
    expect(
      reported(`createTracker({ ...merchant, ${first} })`, `createTracker({ ...merchant, ${second} })`),
    ).toEqual({
      reported: [expect.stringMatching(/^tracker\.made-twice .*trustedProxies, siteUrl, outbox\.$/)],
      one: true,
    });
  });
});

test("a fault in the options is thrown at once", () => {
  expect(() => createTracker({ merchantId: "12345" })).toThrowError(/older merchant number/);
});
