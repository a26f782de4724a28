import type { Runtime } from "@avantlink-s2s/core";

/** The process's own clock, chance and timers, for an outbox that is opened without a tracker. */
export const clock: Runtime = {
  now: () => Date.now(),
  random: () => Math.random(),
  uuid: () => crypto.randomUUID(),
  after(ms, callback, { keepAlive = false } = {}) {
    const timer = setTimeout(callback, Math.max(0, ms));
    if (!keepAlive) timer.unref();
    return () => clearTimeout(timer);
  },
};

/** How long ago something was, for people. */
export function ago(at: number): string {
  return lasting(clock.now() - at);
}

/** A duration in milliseconds, for people: its largest unit. */
export function lasting(ms: number): string {
  const units = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["min", 60_000],
    ["s", 1_000],
  ] as const;
  for (const [unit, length] of units) if (ms >= length) return `${Math.floor(ms / length)} ${unit}`;
  return "0 s";
}

/** Resolves after so many milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve, { keepAlive: true });
  });
}
