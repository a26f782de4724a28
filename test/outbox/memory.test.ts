import { memoryOutbox } from "@avantlink-s2s/core";
import { testOutbox } from "../conformance/outbox.ts";
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
