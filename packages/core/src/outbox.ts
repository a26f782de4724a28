import type { ErrorCode } from "./errors.ts";
import type { Runtime } from "./runtime.ts";

/**
 * Where accepted orders wait until AvantLink has confirmed them. An outbox owns storing, scheduling and leases;
 * the tracker owns delivery and decides, attempt by attempt, what becomes of a job.
 */
export interface Outbox {
  /** What it is, for people: `"memory"`, `"sqlite"`. */
  readonly name: string;
  /** Whether what it accepted survives the process. */
  readonly durable: boolean;
  /** Whether `put` can take part in the shop's own transaction. @default false */
  readonly joinsTransactions?: boolean | undefined;
  /** Gets ready for use. Called before anything else, by every process, and again after it failed. */
  open(runtime: Runtime): Promise<void>;
  /**
   * Takes a job, once a key: among all processes and for at least 400 days only one call for a key is accepted,
   * except that a key whose job is a dead letter may be accepted again, with the new body. Resolves once the job
   * is durable. Rejects within three seconds when it cannot be stored; it may have been stored all the same.
   */
  put(job: OutboxJob, options?: PutOptions): Promise<PutResult>;
  /**
   * Delivers what is due, fresh jobs before retried ones, at most `concurrency` at a time, until stopped. Each job
   * is leased while `deliver` has it; a job whose worker died is due again within 60 seconds; a verdict on a lease
   * that was lost changes nothing. `deliver` never rejects and takes at most 15 seconds.
   */
  run(deliver: Deliver, options: { readonly concurrency: number }): Promise<OutboxWorker>;
  /** What became of a key; nothing for one that was never accepted. */
  state(key: string): Promise<JobState | undefined>;
  /** One snapshot, in which accepted = delivered + pending + dead + removed. */
  totals(): Promise<OutboxTotals>;
  /** The jobs that will not be tried again by themselves. */
  readonly dead: DeadLetters;
  /** Lets go of files and connections. What is pending stays pending. */
  close(): Promise<void>;
}

/** One order on its way. */
export interface OutboxJob {
  /** What makes it one: SHA-256 of the merchant ID and the order number. */
  readonly key: string;
  /** `order`: the body is the JSON to be sent. `rejected`: it could not become one, and is only kept to be seen. */
  readonly kind: "order" | "rejected";
  /** Kept byte for byte, and erased on delivery. */
  readonly body: string;
  /** When it was accepted, in milliseconds since 1970. */
  readonly acceptedAt: number;
}

/** How a job is put. */
export interface PutOptions {
  /** Kept as a dead letter from the start, for this reason. */
  readonly dead?: DeadReason | undefined;
  /** The shop's own database transaction, for an outbox that can join it. */
  readonly transaction?: unknown;
}

/** Whether the job was taken, or what its key already stands for. */
export type PutResult = { readonly accepted: true } | { readonly accepted: false; readonly state: JobState };

/** `pending` includes what is being sent this moment. A removed dead letter stays `dead`. */
export type JobState = "pending" | "delivered" | "dead";

/** One job, handed to be delivered. */
export interface ClaimedJob extends OutboxJob {
  /** How many counted attempts there were before this one. */
  readonly attempts: number;
}

/** Tries a job once. */
export type Deliver = (job: ClaimedJob) => Promise<Verdict>;

/** What becomes of a job after an attempt. */
export type Verdict =
  | { readonly verdict: "delivered" }
  | {
      readonly verdict: "retry";
      /** When it is due again, in milliseconds since 1970. */
      readonly at: number;
      /** Whether the attempt counts; being told to wait costs none. */
      readonly counted: boolean;
      readonly reason: string;
    }
  | { readonly verdict: "dead"; readonly reason: DeadReason };

/** Why a job is a dead letter. */
export interface DeadReason {
  readonly code: ErrorCode;
  /** For people; never holds a value of the order. */
  readonly message: string;
  /** AvantLink's own `error_key`, where it gave one. */
  readonly errorKey?: string | undefined;
  /** The HTTP status of AvantLink's answer, where there was one. */
  readonly status?: number | undefined;
}

/** Delivers in the background. */
export interface OutboxWorker {
  /** Claims nothing more, and resolves when what it had is settled. */
  stop(): Promise<void>;
}

/** How many jobs stand where. */
export interface OutboxTotals {
  readonly accepted: number;
  readonly delivered: number;
  readonly pending: number;
  readonly dead: number;
  readonly removed: number;
  /** When the oldest pending job was accepted, in milliseconds since 1970. */
  readonly oldestPendingAt?: number | undefined;
}

/** The jobs that were given up, for people to look at. */
export interface DeadLetters {
  /** Newest first. */
  list(options?: { readonly limit?: number; readonly offset?: number }): Promise<readonly DeadLetter[]>;
  /** Due at once, as a fresh job, with the body given or the one it has. `false` when there is no such letter. */
  retry(key: string, body?: string): Promise<boolean>;
  /** Erases its body; its key stays taken. `false` when there is no such letter. */
  remove(key: string): Promise<boolean>;
}

/** A job that was given up. */
export interface DeadLetter extends ClaimedJob {
  readonly reason: DeadReason;
  /** When it was given up, in milliseconds since 1970. */
  readonly diedAt: number;
}
