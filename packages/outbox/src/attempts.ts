import type { AttemptRecord, Verdict } from "@avantlink-s2s/core";

const MAX_ATTEMPT_RECORDS = 3;

/** What a lease knows of the attempts before it, so that settling reads nothing. */
export interface AttemptLease {
  readonly lastAttempts: readonly AttemptRecord[];
}

/** The last three attempts, this one included. */
export function lastAttemptsAfter(
  { lastAttempts }: AttemptLease,
  verdict: Exclude<Verdict, { status: "delivered" }>,
  now: number,
): readonly AttemptRecord[] {
  const answer = verdict.status === "dead" ? verdict.reason.message : verdict.reason;
  return [...lastAttempts, { at: now, answer }].slice(-MAX_ATTEMPT_RECORDS);
}
