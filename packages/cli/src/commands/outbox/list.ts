import { wholeNumber } from "../../options/numbers.ts";
import { outboxCommand } from "../../options/outbox-options.ts";
import { alarmsOf, conditionOf } from "../../outbox/condition.ts";
import { withOutbox } from "../../outbox/open-outbox.ts";
import { answerText, nextTry, numberOrKey, recordJson, timesSent } from "../../outbox/record-view.ts";
import { ago } from "../../terminal/durations.ts";
import { harmless, openTerminal } from "../../terminal/terminal.ts";
import { counted } from "../../terminal/wording.ts";
import { failIfDeadOption, failIfOlderOption, raise } from "./alarms.ts";

/** `outbox list` */
export const listCommand = outboxCommand(
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
  .action(({ limit, offset, ...options }) =>
    withOutbox(options, async (outbox) => {
      const terminal = openTerminal(options);
      const { say, sayJson, sayTable, note } = terminal;
      const all = options.waiting === options.dead;
      const asks = { waiting: all || options.waiting, dead: all || options.dead };
      const page = { limit, offset };
      const waiting = asks.waiting ? await outbox.waiting.list(page) : [];
      const dead = asks.dead ? await outbox.dead.list(page) : [];
      const condition = await conditionOf(outbox);
      const { totals } = condition;
      sayJson({ totals, orders: [...waiting, ...dead].map((record) => recordJson(record)) });
      if (waiting.length > 0) {
        say(`${counted(totals.pending, "order is", "orders are")} waiting:`);
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
      } else if (asks.waiting) say("No order is waiting.");
      if (dead.length > 0) {
        say(`${counted(totals.dead, "dead letter")}:`);
        sayTable(
          ["order", "key", "given up", "sent", "reason", "AvantLink's key"],
          dead.map((letter) => [
            numberOrKey(letter),
            letter.key.slice(0, 12),
            `${ago(letter.diedAt)} ago`,
            timesSent(letter),
            letter.reason.code,
            harmless(letter.reason.errorKey ?? ""),
          ]),
        );
      } else if (asks.dead) say("No dead letters.");
      const left = (count: number, shown: readonly unknown[]) => Math.max(0, count - offset - shown.length);
      const rest =
        (asks.waiting ? left(totals.pending, waiting) : 0) + (asks.dead ? left(totals.dead, dead) : 0);
      if (rest > 0) note(`${counted(rest, "more order")}: --offset ${offset + limit}`);
      raise(terminal, alarmsOf(condition, options));
    }),
  );
