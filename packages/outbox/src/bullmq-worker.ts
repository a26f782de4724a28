import type { ClaimedJob, Deliver, Verdict } from "@avantlink-s2s/core";
import type { DelayedError, Job, UnrecoverableError } from "bullmq";
import type { Insist } from "./bullmq-verdicts.ts";

const MOST_REMEMBERED = 1_000;

/** A job as BullMQ keeps it: its name is the kind, its data the body, its timestamp when it was accepted. */
export type OrderJob = Job<string, void>;

/** The errors by which BullMQ is told what becomes of a job. */
export interface BullErrors {
  readonly DelayedError: typeof DelayedError;
  readonly UnrecoverableError: typeof UnrecoverableError;
}

/** A counted attempt failed; BullMQ asks {@link delayAfter} when the next is due. */
class RetryError extends Error {
  readonly at: number;

  constructor(reason: string, at: number) {
    super(reason);
    this.at = at;
  }
}

/** How long BullMQ waits after a failure. Never zero, which would put the job before fresh ones. */
export function delayAfter(_attempts: number, _type?: string, cause?: Error): number {
  return cause instanceof RetryError ? Math.max(1, cause.at - Date.now()) : 1_000;
}

/** What a processor works with. */
export interface ProcessorParts {
  readonly deliver: Deliver;
  readonly errors: BullErrors;
  readonly insist: Insist;
}

/** Tries jobs for BullMQ, and speaks verdicts in its language. */
export interface Processor {
  process(job: OrderJob, token?: string): Promise<void>;
  /** Whether anything is being delivered. */
  isBusy(): boolean;
  /** Resolves when nothing is being delivered. */
  idle(): Promise<void>;
  /** BullMQ has taken the verdict on this job. */
  settled(jobId: string | undefined): void;
}

export function createProcessor({ deliver, errors, insist }: ProcessorParts): Processor {
  // What was delivered while Redis was away for longer than the lease: when such a job comes back, its order must
  // not be sent again.
  const delivered = new Map<string | undefined, string>();
  const underWay = new Set<Promise<Verdict>>();

  function remember(job: OrderJob): void {
    delivered.set(job.id, job.data);
    for (const oldest of delivered.size > MOST_REMEMBERED ? delivered.keys() : []) {
      delivered.delete(oldest);
      break;
    }
  }

  return {
    async process(job, token = "") {
      const { markTried } = insist(job, token);
      if (delivered.get(job.id) === job.data) return;
      const delivering = deliver(claimedOf(job)).finally(() => underWay.delete(delivering));
      underWay.add(delivering);
      const verdict = await delivering;
      if (verdict.status === "delivered") return remember(job);
      if (verdict.status === "dead") throw new errors.UnrecoverableError(JSON.stringify(verdict.reason));
      await markTried();
      if (verdict.counted) throw new RetryError(verdict.reason, verdict.at);
      await job.moveToDelayed(verdict.at, token);
      throw new errors.DelayedError();
    },
    isBusy: () => underWay.size > 0,
    async idle() {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
    settled: (jobId) => void delivered.delete(jobId),
  };
}

function claimedOf(job: OrderJob): ClaimedJob {
  return {
    key: keyOf(job.deduplicationId ?? ""),
    kind: job.name === "rejected" ? job.name : "order",
    orderNumber: "",
    body: job.data,
    acceptedAt: job.timestamp,
    attempts: job.attemptsMade,
  };
}

/** The shortest text that stands for a key; it is kept in memory for every order of 400 days. */
export function deduplicationIdOf(key: string): string {
  return /^[0-9a-f]{64}$/.test(key) ? Buffer.from(key, "hex").toString("base64url") : key;
}

/** The key that {@link deduplicationIdOf} stands for. */
export function keyOf(deduplicationId: string): string {
  return Buffer.from(deduplicationId, "base64url").toString("hex");
}
