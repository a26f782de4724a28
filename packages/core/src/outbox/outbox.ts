import type { AvantLinkError, ErrorCode } from "../errors.ts";
import type { Runtime } from "../runtime.ts";

/**
 * Where accepted orders wait until AvantLink has confirmed them. An outbox owns storing, scheduling and leases;
 * the tracker owns delivery and decides, attempt by attempt, what becomes of a job.
 *
 * Several processes may use one store, each through an outbox of its own. A job is always in one of four places:
 *
 * ```
 * put ──▶ pending ──delivered──▶ delivered     its body is erased, its key stays taken
 *            ▲  └──────dead────▶ dead ──remove──▶ removed     likewise
 *            └──── put, retry ────┘
 * ```
 *
 * The packaged outboxes and any other pass one shared suite; it says by example what is said here in words.
 */
export interface Outbox {
  /** What it is, for people: `"memory"`, `"sqlite"`. */
  readonly name: string;
  /** Whether what it accepted survives the process, a power cut included. */
  readonly durable: boolean;
  /** Whether `put` can take part in the shop's own transaction. @default false */
  readonly joinsTransactions?: boolean | undefined;
  /**
   * Gets ready for use. Called before anything else, by every process, and again after it failed or while it is
   * open already. Rejects within three seconds when the store cannot be reached or is not fit for orders.
   *
   * `runtime` is the clock that decides what is due. `problem` is told, at any time, what somebody should know:
   * that the store is set up less safely than it should be, that it no longer answers while jobs are waiting.
   */
  open(runtime: Runtime, problem: (error: AvantLinkError) => void): Promise<void>;
  /**
   * Takes a job, once a key: among all processes and for at least 400 days only one call for a key is accepted,
   * also after its job was delivered or removed. A dead letter's key may be accepted again, by one call, with the
   * new body. Resolves once the job is durable. Rejects within three seconds when it cannot be stored; it may have
   * been stored all the same.
   */
  put(job: OutboxJob, options?: PutOptions): Promise<PutResult>;
  /**
   * Delivers what is due, at most `concurrency` at a time, until stopped; called once an outbox. A fresh job, one
   * that was never told to be tried again, goes before every other, or a backlog would hold up new orders; beyond
   * that the job that has been due the longest goes first. What this process puts is delivered at once, what
   * another puts within a second.
   *
   * Each job is leased while `deliver` has it: nobody else is given it meanwhile, and it counts as pending.
   * `deliver` never rejects and takes at most 15 seconds, so a lease is at least 30 seconds long. A job whose
   * worker died is handed out again within 60 seconds, with its attempts as they were. A verdict is applied, with
   * everything that follows from it, in one step, and only while the job's lease is still this worker's own: once
   * another worker has been given the job, a late verdict changes nothing, whichever it is.
   */
  run(deliver: Deliver, options: { readonly concurrency: number }): Promise<OutboxWorker>;
  /** What became of a key; nothing for one that was never accepted. */
  state(key: string): Promise<JobState | undefined>;
  /** One snapshot, in which accepted = delivered + pending + dead + removed, whatever happens meanwhile. */
  totals(): Promise<OutboxTotals>;
  /** The jobs that will not be tried again by themselves. */
  readonly dead: DeadLetters;
  /** Lets go of files and connections, after the worker was stopped. What is pending stays pending. */
  close(): Promise<void>;
}

/** One order on its way. */
export interface OutboxJob {
  /** What makes it one: SHA-256 of the merchant ID and the order number, as 64 lower-case hexadecimal digits. */
  readonly key: string;
  /** `order`: the body is the JSON to be sent. `rejected`: it could not become one, and is only kept to be seen. */
  readonly kind: "order" | "rejected";
  /** JSON text. Kept byte for byte, and erased from the store when the job is delivered or removed. */
  readonly body: string;
  /** When it was accepted, in milliseconds since 1970. */
  readonly acceptedAt: number;
}

/** How a job is put. */
export interface PutOptions {
  /** Kept as a dead letter from the start, for this reason: never handed out, unless it is retried. */
  readonly dead?: DeadReason | undefined;
  /**
   * The shop's own database transaction, for an outbox that can join it: the job is there if and only if that
   * commits, and a failure of ours leaves the transaction usable. Its connection is one: nothing is under way on it
   * any more when `put` settles.
   */
  readonly transaction?: unknown;
}

/** Whether the job was taken, or what its key already stands for. */
export type PutResult =
  | { readonly status: "accepted" }
  | { readonly status: "duplicate"; readonly state: JobState };

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
  | { readonly status: "delivered" }
  | {
      readonly status: "retry";
      /** When it is due again, in milliseconds since 1970; at once when that has passed. Outlives a restart. */
      readonly at: number;
      /** Whether the attempt counts; being told to wait costs none. */
      readonly counted: boolean;
      readonly reason: string;
    }
  | { readonly status: "dead"; readonly reason: DeadReason };

/** Why a job is a dead letter. */
export interface DeadReason {
  readonly code: ErrorCode;
  /** For people. May repeat a value that is at fault, as AvantLink's answer does; holds no e-mail address. */
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
  /** Keys that were taken; a dead letter that was put or retried again is still one. */
  readonly accepted: number;
  readonly delivered: number;
  /** Waiting or being sent. */
  readonly pending: number;
  /** Dead letters that can be listed. */
  readonly dead: number;
  /** Dead letters that were removed. */
  readonly removed: number;
  /** When the oldest pending job was accepted, in milliseconds since 1970. */
  readonly oldestPendingAt?: number | undefined;
}

/** The jobs that were given up, for people to look at. They stay until somebody retries or removes them. */
export interface DeadLetters {
  /** Newest first. `limit` is 100 unless given. */
  list(options?: { readonly limit?: number; readonly offset?: number }): Promise<readonly DeadLetter[]>;
  /**
   * Makes a letter a fresh job of kind `order`, accepted now and due at once, with no attempts behind it and the
   * body given or the one it has; one that was `rejected` needs a body. `false` when there is no such letter.
   */
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
