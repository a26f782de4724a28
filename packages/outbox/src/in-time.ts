import { unavailable } from "./failure.ts";

/** How long a store may take for anything, so that whoever asks knows within three seconds. */
export const PATIENCE_MS = 2_500;

/** What a store answers in time; else, and when it fails, an error that says so. Its work goes on all the same. */
export async function inTime<T>(work: Promise<T>, store: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${store} does not answer`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } catch (cause) {
    throw unavailable(cause);
  } finally {
    clearTimeout(timer);
  }
}
