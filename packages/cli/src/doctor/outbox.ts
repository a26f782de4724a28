import { AvantLinkError } from "@avantlink-s2s/core";
import { CommandError } from "../exit-codes.ts";
import { chosenOutbox, NAME_AN_OUTBOX, type OutboxChoice } from "../options/outbox-options.ts";
import { alarmsOf, conditionOf } from "../outbox/condition.ts";
import { isChosen, withOutbox } from "../outbox/open-outbox.ts";
import { answerText } from "../outbox/record-view.ts";
import { ago } from "../terminal/durations.ts";
import { counted } from "../terminal/wording.ts";
import { bad, type Checked, fyi, ok, warn } from "./check.ts";

const MAX_WAIT_MS = 3_600_000;

/** Whether accepted orders are safe where they wait, and how many do. */
export async function checkOutbox(choice: OutboxChoice): Promise<readonly Checked[]> {
  if (!isChosen(choice)) {
    return [fyi("outbox", "not checked: no outbox is named", NAME_AN_OUTBOX)];
  }
  try {
    return await withOutbox(choice, async (outbox, { problems }) => {
      const condition = await conditionOf(outbox);
      const { totals, oldestWaiting, lastAnswer } = condition;
      const { accepted, delivered, pending, dead } = totals;
      const { sqlite, redis } = chosenOutbox(choice);
      const checks = [
        ...(problems.length > 0 ? [] : [sqlite ? fileHolds : redis ? redisHolds : postgresHolds]),
        ...problems.map(({ message, help }) => warn("outbox", message, help)),
        ok("outbox", `${outbox.name}: ${accepted} accepted, ${delivered} delivered, ${pending} waiting`),
      ];
      if (oldestWaiting !== undefined) {
        const found = `the oldest waiting order was accepted ${ago(oldestWaiting.acceptedAt)} ago; AvantLink's last answer: ${answerText(lastAnswer)}`;
        const isLate = alarmsOf(condition, { failIfOlder: MAX_WAIT_MS }).length > 0;
        checks.push(isLate ? warn("outbox", found, WHY_WAITING) : fyi("outbox", found));
      }
      if (dead > 0)
        checks.push(
          warn("outbox", counted(dead, "dead letter"), "See why: avantlink-s2s outbox list --dead."),
        );
      return checks;
    });
  } catch (error) {
    if (!(error instanceof AvantLinkError || error instanceof CommandError)) throw error;
    return [bad("outbox", error.message, error.help || "Check the path or the address.")];
  }
}

const WHY_WAITING =
  "If AvantLink answers, check that the shop runs in live mode and without deliver: false. `outbox deliver` delivers from here.";
const postgresHolds = ok("outbox", "PostgreSQL reports fsync and synchronous_commit on");
const redisHolds = ok(
  "outbox",
  "Redis reports no setting that would lose orders: appendonly, appendfsync, maxmemory-policy",
);

// The outbox opens a file only with these settings, and only where no other user can read it.
const fileHolds = ok(
  "outbox",
  "journal_mode=WAL, synchronous=FULL, secure_delete=ON: what is accepted survives a power cut",
);
