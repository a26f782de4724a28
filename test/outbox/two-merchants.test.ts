import { createTracker, memoryOutbox, type Outbox } from "@avantlink-s2s/core";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { expect, onTestFinished, test } from "vitest";
import { eventLog } from "../support/events.ts";
import { aContext, anOrder, MERCHANT_ID } from "../support/orders.ts";
import { outboxAt } from "../support/outboxes.ts";
import { aStore, DURABLE } from "../support/stores.ts";

const OTHER_ID = "00000000-0000-4000-8000-000000000001";

for (const kind of ["memory", ...DURABLE] as const) {
  const store = kind === "memory" ? undefined : await aStore(kind);
  const missing = store && "missing" in store ? store.missing : undefined;
  const title = `an order is billed to the merchant that it was tracked for: ${kind}`;

  test.skipIf(missing)(missing ? `${title} (skipped: ${missing})` : title, { timeout: 30_000 }, async () => {
    const outbox: Outbox =
      store && "address" in store ? await outboxAt(store.address) : { ...memoryOutbox(), durable: true };
    if (store && "address" in store) onTestFinished(() => store.end());
    const sandbox = await startSandbox();
    onTestFinished(() => sandbox.close());
    const events = eventLog();
    const trackerOf = (merchantId: string) =>
      createTracker({
        merchantId,
        endpoint: sandbox.url,
        onEvent: events.onEvent,
        outbox,
        deliver: false,
      });
    const former = trackerOf(MERCHANT_ID);
    const present = trackerOf(OTHER_ID);
    onTestFinished(async () => {
      await former.close({ timeoutMs: 0 });
    });

    // The shop changes its merchant ID while an order waits.
    await former.trackOrder(anOrder(), aContext());
    await present.trackOrder(anOrder(), aContext());
    expect(await present.deliverDue()).toMatchObject({ delivered: 1, retrying: 1, dead: 0 });
    expect(sandbox.requests.map(({ path }) => path)).toEqual([`/merchants/${OTHER_ID}/tracking/order`]);
    expect(events.of("problem").map(({ error }) => error.code)).toContain("outbox.other-merchant");
    expect(await outbox.waiting.list()).toMatchObject([{ orderNumber: "1001", attempts: 0 }]);

    // The order waits for a second or two, by the store's own clock.
    await expect.poll(async () => (await former.deliverDue()).delivered, { timeout: 10_000 }).toBe(1);
    expect(sandbox.requests.map(({ path }) => path)).toEqual([
      `/merchants/${OTHER_ID}/tracking/order`,
      `/merchants/${MERCHANT_ID}/tracking/order`,
    ]);
    expect(await outbox.totals()).toMatchObject({ accepted: 2, delivered: 2, pending: 0 });
  });
}
