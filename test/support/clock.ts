import type { Runtime } from "@avantlink-s2s/core";

/** Time that stands still until a test moves it. */
export interface TestClock extends Runtime {
  /** Moves time forward, firing what falls due on the way, in order. */
  advance(ms: number): void;
  /** Moves time forward without firing anything, as a process that stands still sees it. */
  jump(ms: number): void;
  /** Sets the clock back, as an operator or a time server does; timers keep what they had left to wait. */
  setBack(ms: number): void;
  /** How long until the next timer, or nothing when none is set. */
  next(): number | undefined;
}

/** A clock that starts at a fixed hour; `random` always gives `chance`. */
export function testClock({ start = Date.UTC(2026, 0, 1), chance = 0.5 } = {}): TestClock {
  let now = start;
  let ids = 0;
  const timers = new Set<{ at: number; readonly callback: () => void }>();
  const earliest = () => [...timers].sort((a, b) => a.at - b.at)[0];

  return {
    now: () => now,
    random: () => chance,
    uuid: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}`,
    after(ms, callback) {
      const timer = { at: now + Math.max(0, ms), callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      const until = now + ms;
      for (let timer = earliest(); timer && timer.at <= until; timer = earliest()) {
        timers.delete(timer);
        now = timer.at;
        timer.callback();
      }
      now = until;
    },
    jump(ms) {
      now += ms;
    },
    setBack(ms) {
      now -= ms;
      for (const timer of timers) timer.at -= ms;
    },
    next() {
      const timer = earliest();
      return timer && timer.at - now;
    },
  };
}
