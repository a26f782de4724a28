import type { BullJobs } from "./bullmq-jobs.ts";
import type { Refusal } from "./bullmq-refusal.ts";
import type { OrderJob } from "./bullmq-worker.ts";

/** Makes the writes insist by which a job is settled, BullMQ's own, which it makes on this object, among them. */
export type Insist = (job: OrderJob, token: string) => { readonly markTried: () => Promise<void> };

export function insistence(jobs: BullJobs, refusal: Refusal): Insist {
  return (job, token) => {
    let givenUp: unknown;

    async function settle<T>(write: () => Promise<T>): Promise<T> {
      try {
        return await refusal.settle(write, () => jobs.keepLease(job, token));
      } catch (cause) {
        givenUp = cause;
        throw cause;
      }
    }

    const moveToCompleted = job.moveToCompleted.bind(job);
    const moveToFailed = job.moveToFailed.bind(job);
    const moveToDelayed = job.moveToDelayed.bind(job);
    job.moveToCompleted = (value, under, claim) =>
      settle(() => moveToCompleted(value, under, claim && refusal.mayClaim()));
    job.moveToFailed = async (failure, under, claim) => {
      // BullMQ takes a verdict that was not stored for a failed attempt, which would be counted and made at once.
      if (failure === givenUp) throw failure;
      return settle(() => moveToFailed(failure, under, claim && refusal.mayClaim()));
    };
    job.moveToDelayed = (at, under) => settle(() => moveToDelayed(at, under));
    return { markTried: () => settle(() => jobs.markTried(job, token)) };
  };
}
