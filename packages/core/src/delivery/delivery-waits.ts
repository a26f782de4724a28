import type { AvantLinkError } from "../errors.ts";
import type { JobState } from "../outbox/outbox.ts";
import type { Runtime } from "../runtime.ts";

/** Lets calls wait until an order is delivered or given up, by this process or another. */
export interface DeliveryWaits {
  /** This process delivered a job or gave it up. */
  ended(key: string, end: Ending): void;
  /** How the job ended; `pending` when the time is up. `readState` asks the outbox, since another process may deliver. */
  wait(key: string, ms: number, readState: () => Promise<JobState | undefined>): Promise<Ending>;
}

/** Where a job stands, and the error if this process gave it up. */
export interface Ending {
  readonly state: JobState;
  readonly error?: AvantLinkError | undefined;
}

// How often the outbox is asked for another process's work.
const POLL_MS = 250;

export function createDeliveryWaits(runtime: Runtime): DeliveryWaits {
  const waiters = new Map<string, Set<(end: Ending) => void>>();

  return {
    ended(key, end) {
      for (const wake of waiters.get(key) ?? []) wake(end);
    },
    wait(key, ms, readState) {
      return new Promise((resolve) => {
        const callers = waiters.get(key) ?? new Set();
        waiters.set(key, callers);
        let cancelPoll = () => {};
        const done = (end: Ending) => {
          cancelTimeout();
          cancelPoll();
          callers.delete(done);
          if (callers.size === 0 && waiters.get(key) === callers) waiters.delete(key);
          resolve(end);
        };
        const cancelTimeout = runtime.after(ms, () => done({ state: "pending" }), { keepAlive: true });
        const poll = async () => {
          // An outbox that does not answer now may answer at the next poll.
          const state = await readState().catch(() => undefined);
          if (state === "delivered" || state === "dead") done({ state });
          else if (callers.has(done)) pollLater();
        };
        const pollLater = () => {
          cancelPoll = runtime.after(POLL_MS, () => void poll());
        };
        callers.add(done);
        pollLater();
      });
    },
  };
}
