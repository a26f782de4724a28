import type { RetryPolicy } from "../options/config.ts";
import type { DeadReason, Verdict } from "../outbox/outbox.ts";

/** What one POST came to. */
export type Outcome =
  | { readonly kind: "delivered" }
  /** AvantLink answered, but not that it has the order. */
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly reason: string;
      readonly retryAfter?: string | undefined;
      readonly errorKey?: string | undefined;
    }
  /** No answer. `maybeTaken` is false when the request surely never arrived. */
  | { readonly kind: "failed"; readonly reason: string; readonly maybeTaken: boolean };

/** Where in its life a job stands. */
export interface AttemptState {
  /** Counted attempts before this one. */
  readonly attempts: number;
  readonly acceptedAt: number;
  readonly now: number;
  /** From 0 to 1, 1 excluded. */
  readonly random: number;
}

// These statuses speak of this one body: the same body would get the same answer again.
const REFUSALS: ReadonlySet<number> = new Set([400, 413, 415, 422]);
const SECONDS = /^\d{1,9}$/;
const HTTP_DATE = /^[A-Za-z]{3,9},? /;
// Asked to slow down without being told how long.
const PAUSE_MS = 30_000;
// Over how long those who were told to wait are spread at most.
const MOST_SPREAD_MS = 10_000;
// Further ahead than this a Retry-After is a mistake, or malice.
const LONGEST_PAUSE_MS = 86_400_000;

/** What becomes of a job after an attempt. Pure: time and chance are arguments. */
export function verdictOn(outcome: Outcome, at: AttemptState, policy: RetryPolicy): Verdict {
  if (outcome.kind === "delivered") return { status: "delivered" };
  if (outcome.kind === "answered" && REFUSALS.has(outcome.status)) {
    return { status: "dead", reason: refusal(outcome) };
  }
  const pause = outcome.kind === "answered" ? pauseAsked(outcome, at.now) : undefined;
  const expires = at.acceptedAt + policy.maxAgeMs;
  if (at.now >= expires) {
    return {
      status: "dead",
      reason: { code: "delivery.expired", message: `Last: ${outcome.reason}`, ...statusOf(outcome) },
    };
  }
  const backOff = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** Math.min(at.attempts, 40));
  // All who were told to wait the same time come back spread out, and none before it.
  const delay = at.random * (pause === undefined ? backOff : Math.min(pause, MOST_SPREAD_MS)) + (pause ?? 0);
  // One last attempt falls on the very end, rather than none for a while before it.
  return {
    status: "retry",
    at: Math.min(Math.ceil(at.now + delay), expires),
    counted: pause === undefined,
    reason: outcome.reason,
  };
}

/**
 * How long an answer asks to wait, in milliseconds: Retry-After as whole seconds or as a date, or a 429 without one.
 * A wait that is over already asks for nothing, or two clocks that differ would make an endless loop of it.
 */
function pauseAsked(outcome: Outcome & { kind: "answered" }, now: number): number | undefined {
  const header = outcome.retryAfter?.trim() ?? "";
  const ms = SECONDS.test(header)
    ? Number(header) * 1000
    : HTTP_DATE.test(header)
      ? Date.parse(header) - now
      : 0;
  if (ms > 0) return Math.min(ms, LONGEST_PAUSE_MS);
  return outcome.status === 429 ? PAUSE_MS : undefined;
}

function refusal(outcome: Outcome & { kind: "answered" }): DeadReason {
  return {
    code: "delivery.refused",
    message: outcome.reason,
    status: outcome.status,
    ...(outcome.errorKey === undefined ? {} : { errorKey: outcome.errorKey }),
  };
}

function statusOf(outcome: Outcome): { status?: number } {
  return outcome.kind === "answered" ? { status: outcome.status } : {};
}
