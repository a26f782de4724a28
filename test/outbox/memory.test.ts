import { memoryOutbox } from "@avantlink-s2s/core";
import { aJob, testOutbox } from "@avantlink-s2s/outbox/testing";
import { expect, test } from "vitest";
import { testClock } from "../support/clock.ts";
import { shiftedClock } from "../support/shifted-clock.ts";

testOutbox(
  "memory",
  async () => {
    const outbox = memoryOutbox();
    const runtime = shiftedClock();
    return {
      runtime,
      setClockBack: async (ms) => runtime.shift(-ms),
      outbox: async () => outbox,
      async endLeases() {},
      async end() {},
    };
  },
  {
    shared: "memory is one process's own and ends with it",
    inspection: "memory is its owner's",
  },
);

test("sets no timer while every slot is busy, because the next free slot looks for due orders", async () => {
  const clock = testClock();
  const outbox = memoryOutbox();
  await outbox.open(clock, () => {});
  await outbox.run(() => new Promise(() => {}), { concurrency: 1 });
  await outbox.put(aJob("under way", { acceptedAt: clock.now() }));
  await outbox.put(aJob("due later", { acceptedAt: clock.now() + 1_000 }));
  expect(clock.next()).toBeUndefined();
});

test("a run that ends late leaves alone the run that took its place", async () => {
  const clock = testClock();
  const outbox = memoryOutbox();
  await outbox.open(clock, () => {});
  const first = await outbox.run(async () => ({ status: "delivered" }), { concurrency: 1 });
  const sent: string[] = [];
  const deliver = async ({ orderNumber }: { readonly orderNumber: string }) => {
    sent.push(orderNumber);
    return { status: "delivered" } as const;
  };
  const second = await outbox.run(deliver, { concurrency: 2 });
  await outbox.put(aJob("due later", { acceptedAt: clock.now() + 1_000 }));
  await first.stop();
  await outbox.put(aJob("due now", { acceptedAt: clock.now() }));
  clock.advance(1_000);
  await second.stop();
  expect(sent).toEqual(["due now", "due later"]);
});
