import type { Runtime } from "@avantlink-s2s/core";

/** The machine's clock, which a test can put forward. */
export interface ShiftedClock extends Runtime {
  shift(ms: number): void;
}

export function shiftedClock(): ShiftedClock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    random: () => Math.random(),
    uuid: () => crypto.randomUUID(),
    after(ms, callback, { keepAlive = false } = {}) {
      const timer = setTimeout(callback, Math.max(0, ms));
      if (!keepAlive) timer.unref();
      return () => clearTimeout(timer);
    },
    shift(ms) {
      ahead += ms;
    },
  };
}
