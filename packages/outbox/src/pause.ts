/**
 * Waits for something that no injected clock moves: a disk, a lock, a server. Keeps the process alive, since
 * somebody waits for what comes after.
 */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
