import { unavailable } from "./failure.ts";

// Taken when the module loads: a shop's test suite may put fake timers in their place.
const { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis;

/** The longest time that a store may take to answer, so that the caller knows within three seconds. */
export const MAX_ANSWER_MS = 2_500;

/** What a store answers in time; else, and when it fails, an error that says so. Its work goes on all the same. */
export async function inTime<T>(work: Promise<T>, store: string, ms = MAX_ANSWER_MS): Promise<T> {
  let timer: ReturnType<typeof startTimer> | undefined;
  const late = new Promise<never>((_, reject) => {
    const refuse = () => reject(new Error(`${store} does not answer`));
    const refuseSoon = () => {
      timer = startTimer(refuse, 1);
    };
    // The process may have stood still. An answer that arrived meanwhile is read after this timer, and before the next.
    timer = startTimer(refuseSoon, ms);
  });
  try {
    return await Promise.race([work, late]);
  } catch (cause) {
    throw unavailable(cause);
  } finally {
    stopTimer(timer);
  }
}
