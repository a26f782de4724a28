import type { Outbox } from "@avantlink-s2s/core";
import { systemRuntime } from "@avantlink-s2s/core/adapter";
import { ago } from "../terminal/durations.ts";
import { counted } from "../terminal/wording.ts";

// Enough records to have AvantLink's last answer among them.
const RECENT = 20;

/** How an outbox stands. */
export type OutboxCondition = Awaited<ReturnType<typeof conditionOf>>;

/** The totals, the waiting order that was accepted first, and the last failed attempt that is still known. */
export async function conditionOf(outbox: Outbox) {
  const [totals, waiting, dead] = await Promise.all([
    outbox.totals(),
    outbox.waiting.list({ limit: RECENT }),
    outbox.dead.list({ limit: RECENT }),
  ]);
  const attempts = [...waiting, ...dead].flatMap(({ lastAttempts }) => lastAttempts);
  return { totals, oldestWaiting: waiting[0], lastAnswer: attempts.sort((a, b) => b.at - a.at)[0] };
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
