import { memoryOutbox } from "@avantlink-s2s/core";
import { expect, test } from "vitest";
import { testClock } from "../support/clock.ts";

test("deliveries that never end, as on a Worker whose request is over, stop the others for half a minute at most", async () => {
  const clock = testClock();
  const outbox = memoryOutbox();
  const put = (key: string) =>
    outbox.put({ key, kind: "order", orderNumber: key, body: "{}", acceptedAt: clock.now() });
  const sent: string[] = [];
  let isStopped = true;
  await outbox.open({ ...clock, stopsWork: true }, () => {});
  await outbox.run(
    async ({ key }) => {
      sent.push(key);
      return isStopped ? new Promise(() => {}) : { status: "delivered" };
    },
    { concurrency: 10 },
  );
  for (let order = 1; order <= 10; order++) await put(String(order));
  await put("11");
  expect(sent).toHaveLength(10);

  isStopped = false;
  clock.advance(30_000);
  await put("12");
  await expect.poll(() => outbox.totals()).toMatchObject({ accepted: 12, delivered: 12, pending: 0 });
  expect(sent).toHaveLength(22);
});

test("a clock that jumps ahead sends nothing again that is being sent", async () => {
  const clock = testClock();
  const outbox = memoryOutbox();
  const sent: string[] = [];
  await outbox.open(clock, () => {});
  await outbox.run(
    async ({ key }) => {
      sent.push(key);
      return new Promise(() => {});
    },
    { concurrency: 10 },
  );
  const put = (key: string) =>
    outbox.put({ key, kind: "order", orderNumber: key, body: "{}", acceptedAt: clock.now() });
  await put("1");
  clock.advance(3_600_000);
  await put("2");
  expect(sent).toEqual(["1", "2"]);
});
