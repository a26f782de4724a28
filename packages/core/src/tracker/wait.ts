import type { AvantLinkError } from "../errors.ts";
import type { JobState } from "../outbox/outbox.ts";
import type { Runtime } from "../runtime.ts";

/** Lets calls wait for orders to be settled, here or by another process. */
export interface WaitingRoom {
  /** A job was settled by this process. */
  settled(key: string, end: Ending): void;
  /** How a job ended, or that it is pending still when the time is up. `look` tells of other processes' work. */
  wait(key: string, ms: number, look: () => Promise<JobState | undefined>): Promise<Ending>;
}

/** Where a job stands, and the error if this process saw it die. */
export interface Ending {
  readonly state: JobState;
  readonly error?: AvantLinkError | undefined;
}

// How often another process's work is looked for.
const LOOK_MS = 250;

export function createWaitingRoom(runtime: Runtime): WaitingRoom {
  const waiters = new Map<string, Set<(end: Ending) => void>>();

  return {
    settled(key, end) {
      for (const wake of waiters.get(key) ?? []) wake(end);
    },
    wait(key, ms, look) {
      const { promise, resolve } = withResolvers<Ending>();
      const callers = waiters.get(key) ?? new Set();
      waiters.set(key, callers);
      let cancelLook = () => {};
      const done = (end: Ending) => {
        cancelTimeout();
        cancelLook();
        callers.delete(done);
        if (callers.size === 0 && waiters.get(key) === callers) waiters.delete(key);
        resolve(end);
      };
      const cancelTimeout = runtime.after(ms, () => done({ state: "pending" }), { keepAlive: true });
      const lookAgain = () => {
        cancelLook = runtime.after(LOOK_MS, () => {
          Promise.resolve()
            .then(look)
            .then(
              (state) =>
                state === "delivered" || state === "dead"
                  ? done({ state })
                  : callers.has(done) && lookAgain(),
              () => callers.has(done) && lookAgain(),
            );
        });
      };
      callers.add(done);
      lookAgain();
      return promise;
    },
  };
}

/** What became of a promise within a time, or `"late"`. The promise itself goes on. */
export function within<T>(
  promise: Promise<T>,
  ms: number,
  runtime: Runtime,
): Promise<{ readonly value: T } | "late"> {
  return new Promise((resolve, reject) => {
    const cancel = runtime.after(ms, () => resolve("late"), { keepAlive: true });
    promise.then(
      (value) => {
        cancel();
        resolve({ value });
      },
      (cause: unknown) => {
        cancel();
        reject(cause);
      },
    );
  });
}

// Promise.withResolvers came with Node 22.
function withResolvers<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((take) => {
    resolve = take;
  });
  return { promise, resolve };
}
