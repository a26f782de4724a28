import { wholeNumber } from "../../options/numbers.ts";
import { alarmsOf, conditionOf } from "../../outbox/condition.ts";
import {
  answerText,
  nextTry,
  numberOrKey,
  recordJson,
  shortKey,
  timesSent,
} from "../../outbox/record-view.ts";
import { ago } from "../../terminal/durations.ts";
import { harmless } from "../../terminal/terminal.ts";
import { counted } from "../../terminal/wording.ts";
import { commandOnOutbox, onOutbox } from "../on-outbox.ts";
import { failIfDeadOption, failIfOlderOption, raise } from "./alarms.ts";

/** `outbox list` */
export const listCommand = commandOnOutbox(
  "outbox list",
  "the orders that AvantLink has not confirmed: waiting ones, oldest first, and dead letters, newest first",
  ["--sqlite data/orders.db", "--redis redis://localhost:6379 --dead --limit 20 --json"],
)
  .option("--waiting", "only the waiting orders")
  .option("--dead", "only the dead letters, which are not tried again by themselves")
  .option("--limit <number>", "how many of each", wholeNumber(1), 100)
  .option("--offset <number>", "how many of each to skip", wholeNumber(0), 0)
  .addOption(failIfDeadOption)
  .addOption(failIfOlderOption)
  .action(
    onOutbox(async ({ outbox, same, terminal }, { limit, offset, ...options }) => {
      const { say, sayJson, sayTable, note } = terminal;
      const both = options.waiting === options.dead;
      const page = { limit, offset };
      const waiting = both || options.waiting ? await outbox.waiting.list(page) : undefined;
      const dead = both || options.dead ? await outbox.dead.list(page) : undefined;
      const condition = await conditionOf(outbox);
      const { totals } = condition;
      const orders = [...(waiting ?? []), ...(dead ?? [])].map((record) => recordJson(record));
      sayJson({ totals, orders });
      if (waiting) {
        const count = counted(totals.pending, "order is", "orders are");
        say(waiting.length > 0 ? `${count} waiting:` : "No order is waiting.");
        sayTable(
          ["order", "accepted", "sent", "last answer", "next try"],
          waiting.map((record) => [
            numberOrKey(record),
            `${ago(record.acceptedAt)} ago`,
            timesSent(record),
            answerText(record.lastAttempts.at(-1)),
            nextTry(record),
          ]),
        );
      }
      if (dead) {
        say(dead.length > 0 ? `${counted(totals.dead, "dead letter")}:` : "No dead letters.");
        sayTable(
          ["order", "key", "given up", "sent", "reason", "AvantLink's key"],
          dead.map((letter) => [
            numberOrKey(letter),
            shortKey(letter),
            `${ago(letter.diedAt)} ago`,
            timesSent(letter),
            letter.reason.code,
            harmless(letter.reason.errorKey ?? ""),
          ]),
        );
      }
      const left = (count: number, shown: readonly unknown[] | undefined) =>
        shown ? Math.max(0, count - offset - shown.length) : 0;
      const rest = left(totals.pending, waiting) + left(totals.dead, dead);
      if (dead?.length) {
        say(`One of them: avantlink-s2s outbox show ORDER${same}`);
        say(`Send all that are valid: avantlink-s2s outbox retry --all${same} --send`);
      }
      if (rest > 0) note(`${counted(rest, "more order")}: --offset ${offset + limit}`);
      raise(terminal, alarmsOf(condition, options));
    }),
  );
