import { systemRuntime } from "@avantlink-s2s/core/adapter";

const SHOWN_MS = 200;

/** Shows the progress of some work on stderr, where stderr is a terminal. */
export async function withBar<T>(
  what: string,
  total: number,
  unit: string,
  work: (progress: (done: number) => void) => Promise<T>,
): Promise<T> {
  let shownAt = 0;
  const show = (text: string) => process.stderr.isTTY && process.stderr.write(`\r\u001b[K${text}`);
  try {
    return await work((done) => {
      if (systemRuntime.now() - shownAt < SHOWN_MS) return;
      shownAt = systemRuntime.now();
      show(`${what} ${Math.floor((100 * done) / Math.max(1, total))} %, ${done} of ${total} ${unit}`);
    });
  } finally {
    show("");
  }
}
