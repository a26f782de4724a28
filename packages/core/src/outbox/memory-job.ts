import type {
  AttemptRecord,
  ClaimedJob,
  DeadLetter,
  DeadReason,
  OutboxJob,
  PendingRecord,
} from "./outbox.ts";

/** A job that the memory outbox keeps. */
export interface MemoryJob extends ClaimedJob {
  attempts: number;
  lastAttempts: readonly AttemptRecord[];
  /** Whether a verdict asked for another attempt, counted or not. */
  tried: boolean;
  due: number;
  /** When `due` was decided. */
  scheduledAt: number;
  /** Its place among those of the same moment. */
  turn: number;
  sending: boolean;
  /** When the last attempt began. */
  sentAt: number;
  letter: LetterPart | undefined;
}

interface LetterPart {
  readonly reason: DeadReason;
  readonly diedAt: number;
}

/** A job with no attempt behind it. */
export function freshJob(job: OutboxJob): MemoryJob {
  const fresh = {
    tried: false,
    due: 0,
    scheduledAt: 0,
    turn: 0,
    sending: false,
    sentAt: 0,
    letter: undefined,
  };
  return { ...job, attempts: 0, lastAttempts: [], ...fresh };
}

/** Whether a job is a dead letter. */
export function isLetter(job: MemoryJob): job is MemoryJob & { readonly letter: LetterPart } {
  return job.letter !== undefined;
}

/** The job as it was put. */
export function jobOf({ key, kind, orderNumber, body, acceptedAt, summary }: MemoryJob): OutboxJob {
  return { key, kind, orderNumber, body, acceptedAt, ...(summary ? { summary } : {}) };
}

/** What `deliver` sees of a job, and cannot change. */
export function claimed(job: MemoryJob): ClaimedJob {
  return { ...jobOf(job), attempts: job.attempts };
}

/** A waiting job as the lists show it. */
export function pendingOf(job: MemoryJob): PendingRecord {
  return { ...claimed(job), status: "pending", lastAttempts: job.lastAttempts, dueAt: job.due };
}

/** A dead letter as the lists show it. */
export function letterOf(job: MemoryJob & { readonly letter: LetterPart }): DeadLetter {
  return { ...claimed(job), status: "dead", lastAttempts: job.lastAttempts, ...job.letter };
}
