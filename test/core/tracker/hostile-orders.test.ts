import { createTracker, memoryOutbox, type Order } from "@avantlink-s2s/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { anOrder, MERCHANT_ID } from "../../support/orders.ts";

function boom(): never {
  throw new Error("boom");
}

const closed: ProxyHandler<object> = { has: boom, ownKeys: boom, getPrototypeOf: boom };
const idle = memoryOutbox();

const tracker = createTracker({
  merchantId: MERCHANT_ID,
  endpoint: "http://127.0.0.1:9",
  // Nothing of this goes anywhere.
  outbox: { ...idle, run: async () => ({ stop: async () => {} }) },
  onEvent() {},
});

test.each<[string, unknown]>([
  [
    "an order with a getter that throws",
    Object.defineProperty({ ...anOrder() }, "orderNumber", { get: boom }),
  ],
  [
    "a proxy that throws on every field",
    new Proxy({}, { ...closed, get: (_, name) => (name === "then" ? undefined : boom()) }),
  ],
  ["a promise of a text", Promise.resolve("1001")],
  ["a text", "1001"],
  ["a list", [anOrder()]],
  ["a function", () => anOrder()],
])("%s is rejected, naming the order number, and kept as a dead letter", async (_, order) => {
  const receipt = await tracker.trackOrder(order as Order);
  expect(receipt).toMatchObject({ status: "rejected", shouldRetry: false, error: { code: "order.invalid" } });
  expect(receipt.status === "rejected" && receipt.error.issues[0]?.path).toMatch(/^order(?:Number)?$/);
  expect((await idle.totals()).dead).toBeGreaterThan(0);
});

test("whatever is given as an order, an unexpected failure is never the answer", async () => {
  const fields = {
    status: fc.anything(),
    order: fc.anything(),
    reason: fc.anything(),
    orderNumber: fc.anything(),
  };
  const value = fc.oneof(fc.anything(), fc.record(fields, { requiredKeys: [] }));
  await fc.assert(
    fc.asyncProperty(value, async (order) => {
      const receipt = await tracker.trackOrder(order as Order);
      expect("error" in receipt ? receipt.error.code : "").not.toBe("unexpected");
    }),
    { numRuns: 300 },
  );
});
