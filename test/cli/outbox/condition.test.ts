import { memoryOutbox } from "@avantlink-s2s/core";
import { orderKey } from "@avantlink-s2s/core/adapter";
import { expect, onTestFinished, test } from "vitest";
import { conditionOf } from "../../../packages/cli/src/outbox/condition.ts";
import { testClock } from "../../support/clock.ts";
import { MERCHANT_ID } from "../../support/orders.ts";

test("AvantLink's last answer is that to the newest order, however many orders were tried before it", async () => {
  const clock = testClock();
  const outbox = memoryOutbox();
  await outbox.open(clock, () => {});
  onTestFinished(() => outbox.close());
  for (let order = 1; order <= 100; order += 1) {
    const orderNumber = `${order}`;
    const key = orderKey(MERCHANT_ID, orderNumber);
    await outbox.put({ key, kind: "order", orderNumber, body: "{}", acceptedAt: clock.now() });
    const retry = {
      status: "retry",
      at: clock.now() + 3_600_000,
      counted: true,
      reason: orderNumber,
    } as const;
    await outbox.deliverDue(async () => retry, { concurrency: 1, timeoutMs: 1_000 });
    clock.advance(1_000);
  }
  const { totals, oldestWaiting, lastAnswer } = await conditionOf(outbox);
  expect(totals).toMatchObject({ pending: 100 });
  expect(oldestWaiting).toMatchObject({ orderNumber: "1" });
  expect(lastAnswer).toMatchObject({ answer: "100" });
});
