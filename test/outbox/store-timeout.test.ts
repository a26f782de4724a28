import { once } from "node:events";
import { MessageChannel } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { inTime } from "../../packages/outbox/src/store-timeout.ts";

test("an answer that arrived while the process stood still is in time", async () => {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => port1.close());
  const answered = once(port1, "message");
  const inTimeOrNot = inTime(answered, "The store", 1);
  port2.postMessage("accepted");
  for (const until = performance.now() + 5; performance.now() < until; );
  expect(await inTimeOrNot).toEqual(["accepted"]);
});

test("a store that is silent is refused", async () => {
  await expect(inTime(new Promise(() => {}), "The store", 1)).rejects.toMatchObject({
    code: "outbox.unavailable",
    message: expect.stringContaining("The store does not answer"),
  });
});
