import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { inBatches } from "../../packages/outbox/src/batches.ts";

test("what waits for a silent store is dropped when its time is up, though no batch ends", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const silent = () => new Promise<never>(() => {});
  const write = inBatches<string, string>(silent, { size: 10, underWay: 1 });
  void write("under way").catch(() => {});
  await setImmediate();
  const waiting = write("waiting");
  vi.advanceTimersByTime(2_501);
  void write("next").catch(() => {});
  await expect(waiting).rejects.toThrow("did not answer in time");
});
