import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { inBatches } from "../../packages/outbox/src/batches.ts";

test("what waits for a silent store is dropped when its time is up, though no batch ends", async () => {
  let at = 0;
  const silent = () => new Promise<never>(() => {});
  const write = inBatches<string, string>(silent, { size: 10, underWay: 1, now: () => at });
  void write("under way").catch(() => {});
  await setImmediate();
  const waiting = write("waiting");
  at = 2_501;
  void write("next").catch(() => {});
  await expect(waiting).rejects.toThrow("did not answer in time");
});
