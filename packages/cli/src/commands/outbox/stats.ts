import { alarmsOf, conditionOf } from "../../outbox/condition.ts";
import { answerText, iso, nextTry, numberOrKey, recordJson, withoutWords } from "../../outbox/record-view.ts";
import { ago } from "../../terminal/durations.ts";
import { commandOnOutbox, onOutbox } from "../on-outbox.ts";
import { failIfDeadOption, failIfOlderOption, raise } from "./alarms.ts";

/** `outbox stats` */
export const statsCommand = commandOnOutbox(
  "outbox stats",
  "how many orders stand where, the oldest waiting order, and AvantLink's last answer",
  [
    "--postgres postgres://localhost/shop --json",
    "--sqlite data/orders.db --fail-if-dead --fail-if-older 15m",
  ],
)
  .addOption(failIfDeadOption)
  .addOption(failIfOlderOption)
  .action(
    onOutbox(async ({ outbox, place, problems, same, terminal }, options) => {
      const { say, sayJson, note } = terminal;
      const condition = await conditionOf(outbox);
      const { totals, oldestWaiting, lastAnswer } = condition;
      const { accepted, delivered, pending, dead, removed } = totals;
      sayJson({
        outbox: outbox.name,
        place,
        ...{ accepted, delivered, waiting: pending, dead, removed },
        oldestWaiting: oldestWaiting && recordJson(oldestWaiting),
        lastAnswer: lastAnswer && { at: iso(lastAnswer.at), answer: withoutWords(lastAnswer.answer) },
      });
      say(
        `${accepted} accepted = ${delivered} delivered + ${pending} waiting + ${dead} dead + ${removed} removed`,
      );
      if (oldestWaiting !== undefined)
        say(
          `The oldest waiting order is ${numberOrKey(oldestWaiting)}, accepted ${ago(oldestWaiting.acceptedAt)} ago. Next try ${nextTry(oldestWaiting)}.`,
        );
      if (lastAnswer !== undefined)
        say(`AvantLink's last answer that was no success: ${answerText(lastAnswer)}.`);
      if (dead > 0) say(`Why the dead letters were given up: avantlink-s2s outbox list --dead${same}`);
      for (const { message, help } of problems) note(`${message} ${help}`);
      raise(terminal, alarmsOf(condition, options));
    }),
  );
