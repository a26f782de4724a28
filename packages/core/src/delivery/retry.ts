import type { RetryPolicy } from "../options/config.ts";
import type { Verdict } from "../outbox/outbox.ts";
import type { Outcome } from "./answer.ts";

/** Where in its life a job stands. */
export interface AttemptState {
  /** Counted attempts before this one. */
  readonly attempts: number;
  readonly acceptedAt: number;
  readonly now: number;
  /** From 0 to 1, 1 excluded. */
  readonly random: number;
}

// A 429 that does not say for how long.
const DEFAULT_PAUSE_MS = 30_000;
// After a pause, jobs come back spread over this time at most.
const MAX_SPREAD_MS = 10_000;
// A longer Retry-After is a mistake, or malice.
const MAX_PAUSE_MS = 86_400_000;

/** What becomes of a job after an attempt. Pure: time and randomness are arguments. */
export function verdictOn(outcome: Outcome, at: AttemptState, policy: RetryPolicy): Verdict {
  if (outcome.kind === "delivered") return { status: "delivered" };
  if (outcome.kind === "answered" && outcome.isRefused) return dead("delivery.refused", outcome);
  if (at.now >= at.acceptedAt + policy.maxAgeMs) return dead("delivery.expired", outcome);
  const pause = pauseAsked(outcome, at.now);
  if (pause !== undefined) return waitUntil(at.now + pause, outcome.reason, at, policy);
  const backOff = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** Math.min(at.attempts, 40));
  const due = lastDue(at.now + at.random * backOff, at, policy);
  return { status: "retry", at: due, counted: true, reason: outcome.reason };
}

/** A job waits until a pause is over, at no cost of attempts. Waiting jobs come back spread out, none too early. */
export function waitUntil(until: number, reason: string, at: AttemptState, policy: RetryPolicy): Verdict {
  const spread = Math.min(Math.max(0, until - at.now), MAX_SPREAD_MS);
  const due = lastDue(until + at.random * spread, at, policy);
  return { status: "retry", at: due, counted: false, reason };
}

/**
 * How long an answer asks to wait, in milliseconds: its Retry-After, or a 429 without one. A Retry-After that is over
 * already asks for nothing, or two clocks that differ would make an endless loop of it.
 */
export function pauseAsked(outcome: Outcome, now: number): number | undefined {
  if (outcome.kind !== "answered" || outcome.isRefused) return undefined;
  const ms = retryAfterMs(outcome.retryAfter?.trim() ?? "", now);
  if (ms > 0) return Math.min(ms, MAX_PAUSE_MS);
  return outcome.status === 429 ? DEFAULT_PAUSE_MS : undefined;
}

/** The header holds whole seconds or a date in one of HTTP's three forms, all UTC: asctime's does not say so. */
function retryAfterMs(header: string, now: number): number {
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  if (!/^[A-Za-z]{3,9},? /.test(header)) return 0;
  return Date.parse(header.endsWith("GMT") ? header : `${header} GMT`) - now;
}

/** The last attempt falls on the very end of the time allowed, rather than some time before it. */
function lastDue(due: number, { acceptedAt, now }: AttemptState, { maxAgeMs }: RetryPolicy): number {
  const expiry = acceptedAt + maxAgeMs;
  return Math.min(Math.ceil(due), expiry > now ? expiry : Infinity);
}

function dead(
  code: "delivery.refused" | "delivery.expired",
  outcome: Exclude<Outcome, { kind: "delivered" }>,
): Verdict {
  const { status, errorKey, words } = outcome.kind === "answered" ? outcome : {};
  const message = [outcome.reason, words].filter(Boolean).join(". ");
  return { status: "dead", reason: { code, message, status, errorKey } };
}
