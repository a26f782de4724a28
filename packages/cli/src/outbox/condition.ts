import type { AttemptRecord, DeadLetter, Outbox, PendingRecord } from "@avantlink-s2s/core";
import { systemRuntime } from "@avantlink-s2s/core/adapter";
import { ago } from "../terminal/durations.ts";
import { counted } from "../terminal/wording.ts";

// Enough records to have AvantLink's last answer among them.
const RECENT = 20;

/** How an outbox stands. */
export type OutboxCondition = Awaited<ReturnType<typeof conditionOf>>;

/** The totals, the waiting order that was accepted first, and the last failed attempt that is still known. */
export async function conditionOf(outbox: Outbox) {
  const totals = await outbox.totals();
  // During an outage the oldest orders are tried rarely, and the newest were tried a moment ago.
  const newest = { limit: RECENT, offset: Math.max(0, totals.pending - RECENT) };
  const [waiting, recent, dead] = await Promise.all([
    outbox.waiting.list({ limit: RECENT }),
    outbox.waiting.list(newest),
    outbox.dead.list({ limit: RECENT }),
  ]);
  return { totals, oldestWaiting: waiting[0], lastAnswer: lastAnswerOf([...waiting, ...recent, ...dead]) };
}

/** The last failed attempt that is still known of some orders. */
export function lastAnswerOf(records: readonly (PendingRecord | DeadLetter)[]): AttemptRecord | undefined {
  return records.flatMap(({ lastAttempts }) => lastAttempts).sort((a, b) => b.at - a.at)[0];
}

/** What a scheduler wants to be woken for. */
export interface Alarms {
  readonly failIfDead?: true | undefined;
  /** In milliseconds. */
  readonly failIfOlder?: number | undefined;
}

/** The alarms that an outbox sets off, in words. */
export function alarmsOf({ totals, oldestWaiting }: OutboxCondition, alarms: Alarms): readonly string[] {
  const raised: string[] = [];
  if (alarms.failIfDead && totals.dead > 0)
    raised.push(`There ${totals.dead === 1 ? "is" : "are"} ${counted(totals.dead, "dead letter")}.`);
  const since = oldestWaiting?.acceptedAt ?? totals.oldestPendingAt;
  if (alarms.failIfOlder !== undefined && since !== undefined) {
    const age = systemRuntime.now() - since;
    if (age > alarms.failIfOlder) raised.push(`The oldest waiting order was accepted ${ago(since)} ago.`);
  }
  return raised;
}
