/**
 * Waits for something that no injected clock moves: a disk, a lock, a server. Keeps the process alive, because the
 * caller waits for the next step.
 */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
