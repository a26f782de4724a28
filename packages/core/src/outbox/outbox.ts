import type { AvantLinkError } from "../errors.ts";
import type { Runtime } from "../runtime.ts";
import type {
  ClaimedJob,
  DeadLetter,
  DeadReason,
  JobState,
  OutboxJob,
  OutboxRecord,
  PendingRecord,
  SettledRecord,
  Verdict,
} from "./job.ts";

export type * from "./job.ts";

/** How long the key of a settled job stays taken, in milliseconds: 400 days. */
export const REMEMBERED_MS = 400 * 86_400_000;

/** What a record says of its key. */
export function stateOf(record: OutboxRecord): JobState;
export function stateOf(record: OutboxRecord | undefined): JobState | undefined;
export function stateOf(record: OutboxRecord | undefined): JobState | undefined {
  return record?.status === "removed" ? "dead" : record?.status;
}

/**
 * Where accepted orders wait until AvantLink has confirmed them. An outbox owns storing, scheduling and leases;
 * the tracker owns delivery and decides, attempt by attempt, what becomes of a job.
 *
 * Several processes may use one store, each through an outbox of its own. A job is always in one of four places:
 *
 * ```
 * put ──▶ pending ──delivered──▶ delivered          its body and number are erased, its key stays taken
 *          │ ▲ └──────dead────▶ dead
 *          │ └─── put, retry ────┤
 *          └───────forget────────┴─forget, remove─▶ removed     likewise
 * ```
 *
 * The packaged outboxes and any other pass one shared suite; it says by example what is said here in words.
 */
export interface Outbox {
  /** The outbox's name, for people: `"memory"`, `"sqlite"`. */
  readonly name: string;
  /** Whether what it accepted survives the process, a power cut included. */
  readonly durable: boolean;
  /** Whether `put` can take part in the shop's own transaction. @default false */
  readonly joinsTransactions?: boolean | undefined;
  /**
   * Gets ready for use. Called before anything else, by every process, and again after it failed or while it is
   * open already. Rejects within three seconds when the store cannot be reached or is not fit for orders.
   *
   * `runtime` is the clock that decides what is due. `report` may be called at any time with what the shop should
   * know: the store is set up less safely than it should be, or does not answer while jobs are waiting.
   */
  open(runtime: Runtime, report: (error: AvantLinkError) => void): Promise<void>;
  /**
   * Accepts a job, once a key: among all processes and for at least 400 days only one call for a key is accepted,
   * also after its job was delivered or removed. A dead letter's key may be accepted again, by one call, with the
   * new body. Resolves once the job is durable. Rejects within three seconds when the job cannot be stored; it may
   * have been stored all the same. Inside the shop's transaction it locks nothing that another key's put needs.
   */
  put(job: OutboxJob, options?: PutOptions): Promise<PutResult>;
  /**
   * Delivers what is due, at most `concurrency` at a time, until stopped; called once an outbox. A fresh job, without a verdict
   * behind it, goes before every other, or a backlog would hold up new orders; beyond
   * that the job that has been due the longest goes first. What this process puts is delivered at once, what
   * another puts within a second.
   *
   * Each job is leased while `deliver` has it: nobody else is given it meanwhile, and it counts as pending.
   * `deliver` never rejects and takes at most 15 seconds, so a lease is at least 30 seconds long. A job whose
   * worker died is handed out again within 60 seconds, with its attempts as they were. A verdict is applied, with
   * everything that follows from it, in one step, and only while the job's lease is still this worker's own: once
   * another worker has been given the job, a late verdict changes nothing, whichever it is.
   *
   * A clock that is set back delays no job by more than the delay that its last verdict asked for, or than a lease.
   */
  run(deliver: Deliver, options: { readonly concurrency: number }): Promise<OutboxWorker>;
  /**
   * Delivers what is due when called, fresh jobs first, and ends when that is done or `timeoutMs` is up; whatever
   * has begun by then is finished and settled first. Needs no `run`, and may be called beside it and beside itself,
   * in one process or in several: no job is handed out twice. Where nothing is due, the store is asked once,
   * and once more for its upkeep, at most every minute. Rejects only where the store fails before the first job.
   */
  deliverDue(deliver: Deliver, options: DeliverDueOptions): Promise<DeliverDueResult>;
  /** What is known of a key; nothing for a key that was never accepted. */
  find(key: string): Promise<OutboxRecord | undefined>;
  /** The jobs that wait or are being sent. */
  readonly waiting: {
    /** Oldest first. `limit` is 100 unless given. */
    list(page?: Page): Promise<readonly PendingRecord[]>;
  };
  /** The jobs that will not be tried again by themselves. */
  readonly dead: DeadLetters;
  /** The jobs that were delivered or removed, for as long as their keys are taken. */
  readonly settled: {
    /** Those that were accepted in this time, in any order. May read everything that is settled: for reports only. */
    list(accepted: AcceptedRange): Promise<readonly SettledRecord[]>;
  };
  /** Erases what is kept of a job that is not settled yet; its key stays taken. */
  forget(key: string): Promise<ForgetResult>;
  /**
   * Counts of one moment, in which accepted = delivered + pending + dead + removed, whatever happens meanwhile.
   * As fast with a million settled jobs as with none.
   */
  totals(): Promise<OutboxTotals>;
  /** Lets go of files and connections, after the worker was stopped. What is pending stays pending. */
  close(): Promise<void>;
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

/** Whether the job was accepted, or what its key already stands for. */
export type PutResult =
  | { readonly status: "accepted" }
  | {
      readonly status: "duplicate";
      readonly state: JobState;
      /** The content hash of the job that holds the key, where it has one. */
      readonly contentHash?: string | undefined;
    };

/** Tries a job once. */
export type Deliver = (job: ClaimedJob) => Promise<Verdict>;

/** Delivers in the background. */
export interface OutboxWorker {
  /** Claims nothing more, and resolves when what it had is settled. */
  stop(): Promise<void>;
}

/** How `deliverDue` works. */
export interface DeliverDueOptions {
  /** How many jobs are delivered at a time. */
  readonly concurrency: number;
  /** How long new deliveries are begun, in milliseconds. */
  readonly timeoutMs: number;
}

/** What `deliverDue` did. */
export interface DeliverDueResult {
  readonly delivered: number;
  /** Attempts after which the job waits for another. */
  readonly retrying: number;
  readonly dead: number;
  /** Whether the time was up, or the store failed, while jobs may still have been due. Call again. */
  readonly timedOut: boolean;
}

/** Which part of a list. */
export interface Page {
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

/** A time in which jobs were accepted, in milliseconds since 1970. */
export interface AcceptedRange {
  readonly from: number;
  /** The first moment that is not part of it. */
  readonly until: number;
}

/** What `forget` found. */
export type ForgetResult =
  /** Erased, now or before: nothing but the key and the summary is kept. */
  | { readonly status: "removed" }
  /** A worker has it this moment. Nothing was erased: ask again when its lease is over, in a minute at most. */
  | { readonly status: "sending" }
  /** AvantLink has it; its body was erased then. */
  | { readonly status: "delivered"; readonly settledAt: number }
  | { readonly status: "unknown" };

/** How many jobs stand where. */
export interface OutboxTotals {
  /** Keys that were taken; a dead letter that was put or retried again is still one. */
  readonly accepted: number;
  readonly delivered: number;
  /** Waiting or being sent. */
  readonly pending: number;
  /** Dead letters that can be listed. */
  readonly dead: number;
  /** Jobs that were removed or forgotten. */
  readonly removed: number;
  /** When the oldest pending job was accepted, in milliseconds since 1970. */
  readonly oldestPendingAt?: number | undefined;
}

/** The jobs that were given up, for people to look at. They stay until they are retried or removed. */
export interface DeadLetters {
  /** Newest first. `limit` is 100 unless given. */
  list(page?: Page): Promise<readonly DeadLetter[]>;
  /**
   * Makes a letter a fresh job of kind `order`, accepted now and due at once, with no attempts behind it and the
   * content given or the one it has; a `rejected` one needs a body. `false` when there is no such letter.
   */
  retry(key: string, corrected?: CorrectedJob): Promise<boolean>;
  /** Erases its body; its key stays taken. `false` when there is no such letter. */
  remove(key: string): Promise<boolean>;
}

/** New content for a dead letter. */
export type CorrectedJob = Pick<OutboxJob, "body" | "summary">;
