import { createTracker } from "@avantlink-s2s/core";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { expect, test } from "vitest";
import { sqliteOutbox } from "../../packages/outbox/src/edge.ts";
import { eventLog } from "../support/events.ts";
import { aContext, anOrder, MERCHANT_ID } from "../support/orders.ts";

test("on the edge a durable outbox is made without a fault, clicks go out, and an order is refused with the reason", async () => {
  const sandbox = await startSandbox();
  const events = eventLog();
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    onEvent: events.onEvent,
    outbox: sqliteOutbox({ path: "orders.db" }),
  });
  expect(await tracker.trackClick(aContext())).toMatchObject({ status: "accepted" });
  await sandbox.waitForClicks(1);
  expect(await tracker.trackOrder(anOrder(), aContext())).toMatchObject({
    status: "not-stored",
    error: { code: "outbox.edge" },
  });
  await tracker.close();
  await sandbox.close();
});
