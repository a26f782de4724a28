// Taken when the module loads: a shop's test suite may put fake timers in its place.
const { setTimeout: startTimer } = globalThis;

/**
 * Waits for something that no injected clock moves: a disk, a lock, a server. Keeps the process alive, because the
 * caller waits for the next step.
 */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    startTimer(resolve, ms);
  });
}
