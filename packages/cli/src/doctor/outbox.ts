import { AvantLinkError } from "@avantlink-s2s/core";
import { CommandError } from "../exit-codes.ts";
import type { Merchant } from "../options/merchant-options.ts";
import { NAME_AN_OUTBOX, namedOutbox, type OutboxOptions, sameOutbox } from "../options/outbox-options.ts";
import { alarmsOf, conditionOf } from "../outbox/condition.ts";
import { withOutbox } from "../outbox/open-outbox.ts";
import { answerText } from "../outbox/record-view.ts";
import { ago } from "../terminal/durations.ts";
import { counted } from "../terminal/wording.ts";
import { bad, type Checked, fyi, ok, warn } from "./check-result.ts";

const MAX_WAIT_MS = 3_600_000;

/** Whether accepted orders are safe where they wait, and how many do. */
export async function checkOutbox(options: OutboxOptions & Merchant): Promise<readonly Checked[]> {
  const named = namedOutbox(options, process.env);
  if (!named) return [fyi("outbox", "not checked: no outbox is named", NAME_AN_OUTBOX)];
  const same = sameOutbox(options);
  try {
    return await withOutbox(options, async ({ outbox, problems }) => {
      const condition = await conditionOf(outbox);
      const { totals, oldestWaiting, lastAnswer } = condition;
      const { accepted, delivered, pending, dead } = totals;
      const checks = [
        ...(problems.length > 0 ? [] : [ok("outbox", HOLDS[named.kind])]),
        ...problems.map(({ message, help }) => warn("outbox", message, help)),
        ok("outbox", `${outbox.name}: ${accepted} accepted, ${delivered} delivered, ${pending} waiting`),
      ];
      if (oldestWaiting !== undefined) {
        const found = `the oldest waiting order was accepted ${ago(oldestWaiting.acceptedAt)} ago; AvantLink's last answer: ${answerText(lastAnswer)}`;
        const isLate = alarmsOf(condition, { failIfOlder: MAX_WAIT_MS }).length > 0;
        checks.push(isLate ? warn("outbox", found, WHY_WAITING + same) : fyi("outbox", found));
      }
      if (dead > 0)
        checks.push(
          warn("outbox", counted(dead, "dead letter"), `See why: avantlink-s2s outbox list --dead${same}`),
        );
      return checks;
    });
  } catch (error) {
    if (!(error instanceof AvantLinkError || error instanceof CommandError)) throw error;
    return [bad("outbox", error.message, error.help || "Check the path or the address.")];
  }
}

const WHY_WAITING =
  "If AvantLink answers, check that the shop runs in live mode and without deliver: false. From here: avantlink-s2s outbox deliver";

/** What an outbox has proved about its store when it opened without a problem. */
const HOLDS = {
  // The outbox opens a file only with these settings, and only where no other user can read it.
  sqlite: "journal_mode=WAL, synchronous=FULL, secure_delete=ON: what is accepted survives a power cut",
  redis: "Redis reports no setting that would lose orders: appendonly, appendfsync, maxmemory-policy",
  postgres: "PostgreSQL reports fsync and synchronous_commit on",
} as const;
