import { createTracker, memoryOutbox, type Outbox } from "@avantlink-s2s/core";
import { orderKey } from "@avantlink-s2s/core/adapter";
import { aJob } from "@avantlink-s2s/outbox/testing";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { expect, onTestFinished, test } from "vitest";
import { aContext, anOrder, MERCHANT_ID } from "../support/orders.ts";
import { outboxAt } from "../support/outboxes.ts";
import { aStore, DURABLE } from "../support/stores.ts";

for (const kind of ["memory", ...DURABLE] as const) {
  const store = kind === "memory" ? undefined : await aStore(kind);
  const missing = store && "missing" in store ? store.missing : undefined;
  const title = `one order that AvantLink refuses holds up none of 999 others, and is a letter that says why: ${kind}`;

  test.skipIf(missing)(missing ? `${title} (skipped: ${missing})` : title, { timeout: 60_000 }, async () => {
    const outbox: Outbox = store && "address" in store ? await outboxAt(store.address) : memoryOutbox();
    if (store && "address" in store) onTestFinished(() => store.end());
    const sandbox = await startSandbox();
    onTestFinished(() => sandbox.close());
    const tracker = createTracker({
      merchantId: MERCHANT_ID,
      endpoint: sandbox.url,
      onEvent() {},
      outbox,
      concurrency: 20,
    });
    await tracker.start();
    const key = orderKey(MERCHANT_ID, "poison");
    const numbers = Array.from({ length: 999 }, (_, index) => `${index}`);
    await Promise.all([
      outbox.put(
        aJob("poison", {
          key,
          body: JSON.stringify({ tracking_ids: {}, order: { order_number: "poison" } }),
        }),
      ),
      ...numbers.map((orderNumber) => tracker.trackOrder(anOrder({ orderNumber }), aContext())),
    ]);
    await sandbox.waitForOrders(999, { timeoutMs: 45_000 });
    await expect
      .poll(() => outbox.totals(), { timeout: 10_000 })
      .toMatchObject({ accepted: 1_000, delivered: 999, dead: 1, pending: 0 });
    expect(await outbox.dead.list()).toMatchObject([
      {
        key,
        attempts: 0,
        reason: {
          code: "delivery.refused",
          status: 400,
          errorKey: "client.model.merchants_tracking.tracking_ids.blank",
          message: expect.stringContaining("at least one tracking id"),
        },
      },
    ]);
    expect(sandbox.requests).toHaveLength(1_000);
    await tracker.close();
  });
}
