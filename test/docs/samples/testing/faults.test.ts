import { createTracker, memoryOutbox } from "@avantlink-s2s/express";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, expect, test } from "vitest";

const sandbox = await startSandbox();
afterAll(() => sandbox.close());

const order = {
  orderNumber: "1001",
  currency: "USD",
  customer: { newCustomer: true, country: "US" },
  products: [{ sku: "MUG-1", unitPrice: "19.99", quantity: 2 }],
};

/** A tracker that retries within milliseconds, so that a test need not wait. */
const tracker = createTracker({
  merchantId: "123e4567-e89b-12d3-a456-426614174000",
  endpoint: sandbox.url,
  outbox: memoryOutbox(),
  retry: { baseDelayMs: 10 },
  onEvent: () => {},
});

test("an order that meets two errors is delivered once", async () => {
  sandbox.fail({ status: 503, times: 2 });
  await tracker.trackOrder(order);
  await sandbox.waitForOrders(1);
  expect(await tracker.flush()).toMatchObject({ delivered: 1, pending: 0 });
});
