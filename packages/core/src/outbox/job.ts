import type { ErrorCode } from "../errors.ts";

/** One order or click on its way. */
export interface OutboxJob {
  /**
   * Identifies the job: for an order SHA-256 of merchant ID and order number, as 64 lower-case hexadecimal digits. The
   * tracker compares both: it sends only its own merchant's orders.
   */
  readonly key: string;
  /** `order` and `click`: the body is the JSON to be sent. `rejected`: an order that cannot be sent and is kept to be seen. */
  readonly kind: "order" | "click" | "rejected";
  /** As AvantLink gets it; empty for a click. Erased with the body. */
  readonly orderNumber: string;
  /** JSON text. Kept byte for byte, and erased from the store when the job is delivered or removed. */
  readonly body: string;
  /** When the job was accepted, in milliseconds since 1970. */
  readonly acceptedAt: number;
  /** What is kept of an order after its body is erased. A click and a rejected order have none. */
  readonly summary?: OrderSummary | undefined;
}

/** What an outbox keeps of an order for as long as its key is taken. Nothing here identifies a shopper. */
export interface OrderSummary {
  /** A hash of the order part of the body, to see whether the same number came with other content. */
  readonly contentHash: string;
  /** ISO 4217, upper case. */
  readonly currency: string;
  /** In major units, as sent. */
  readonly subtotal: number;
  /** Number of product lines. */
  readonly lines: number;
}

/** What became of a key. `pending` includes what is being sent. A removed dead letter stays `dead`. */
export type JobState = "pending" | "delivered" | "dead";

/** One job, handed out to be delivered. */
export interface ClaimedJob extends OutboxJob {
  /** How many counted attempts there were before this one. */
  readonly attempts: number;
}

/** One attempt that did not deliver. */
export interface AttemptRecord {
  /** When it ended, in milliseconds since 1970. */
  readonly at: number;
  /** AvantLink's answer or the failure, in words for people. */
  readonly answer: string;
}

/** A job that is not settled yet, as `find` and the lists show it. */
export interface PendingRecord extends ClaimedJob {
  readonly status: "pending";
  /** The last three attempts, oldest first. */
  readonly lastAttempts: readonly AttemptRecord[];
  /** When it is due, in milliseconds since 1970; for a job that is being sent, when its lease ends. */
  readonly dueAt: number;
}

/** A job that was given up. It is kept whole until it is retried or removed. */
export interface DeadLetter extends ClaimedJob {
  readonly status: "dead";
  /** The last three attempts, oldest first. */
  readonly lastAttempts: readonly AttemptRecord[];
  readonly reason: DeadReason;
  /** When it was given up, in milliseconds since 1970. */
  readonly diedAt: number;
}

/** What stays of a job that was delivered or removed, for as long as its key is taken. */
export interface SettledRecord {
  readonly status: "delivered" | "removed";
  readonly key: string;
  readonly acceptedAt: number;
  /** When it was delivered or removed, in milliseconds since 1970. */
  readonly settledAt: number;
  /** How many counted attempts there were before the last one. */
  readonly attempts: number;
  readonly summary?: OrderSummary | undefined;
}

/** What an outbox knows of a key. */
export type OutboxRecord = PendingRecord | DeadLetter | SettledRecord;

/** What becomes of a job after an attempt. */
export type Verdict =
  | { readonly status: "delivered" }
  | {
      readonly status: "retry";
      /** When it is due again, in milliseconds since 1970; at once when that has passed. Outlives a restart. */
      readonly at: number;
      /** Whether the attempt counts; an answer that asks to wait costs none. */
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
