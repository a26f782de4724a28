import { AvantLinkError, type Outbox } from "@avantlink-s2s/core";
import { EXIT } from "../../exit-codes.ts";
import { orderKeyFor, requireMerchant } from "../../options/merchant-options.ts";
import { durationOption } from "../../options/numbers.ts";
import { deliverUntil, withTracker } from "../../outbox/command-tracker.ts";
import { conditionOf } from "../../outbox/condition.ts";
import { answerText, nextTry } from "../../outbox/record-view.ts";
import { counted } from "../../terminal/wording.ts";
import { commandOnOutbox, onOutbox } from "../on-outbox.ts";

const LEFT = new AvantLinkError("outbox.other-merchant").message;

/** `outbox deliver` */
export const deliverCommand = commandOnOutbox(
  "outbox deliver",
  "delivers the orders that are due now, and ends; for a cron job, or while the shop is down",
  ["--sqlite data/orders.db --for 60s"],
)
  .addOption(durationOption("--for <duration>", "begin no delivery after this time", "60s"))
  .action(
    onOutbox(async ({ outbox, terminal: { say, sayJson, note } }, options) => {
      requireMerchant(options);
      const { delivered, retrying, dead, timedOut } = await withTracker(
        { outbox, merchant: options, note },
        (tracker) => deliverUntil(tracker, options.for, () => noneIsLeft(outbox, orderKeyFor(options))),
      );
      // Before the outbox is asked: it may have failed meanwhile.
      say(`${delivered} delivered, ${retrying} failed and tried again later, ${dead} dead letters.`);
      const { totals, oldestWaiting, lastAnswer } = await conditionOf(outbox);
      sayJson({ delivered, retrying, dead, timedOut, waiting: totals.pending });
      if (oldestWaiting !== undefined) {
        const waiting = counted(totals.pending, "order is", "orders are");
        note(`${waiting} waiting. Next try ${nextTry(oldestWaiting)}.`);
        if (lastAnswer !== undefined) note(`AvantLink's last answer: ${answerText(lastAnswer)}.`);
      }
      if (timedOut)
        note(
          "The time of --for was over, or the outbox failed, before all were sent. Run the same command again.",
        );
      if (dead > 0) process.exitCode = EXIT.wrong;
      else if (retrying > 0 || timedOut) process.exitCode = EXIT.unreachable;
    }),
  );

/**
 * Whether none of this merchant's orders was put off by the shop of another merchant that uses the outbox too, as after a
 * change of the merchant ID: that shop puts them off for a minute each time.
 */
async function noneIsLeft(outbox: Outbox, keyOf: (orderNumber: string) => string): Promise<boolean> {
  const waiting = await outbox.waiting.list();
  return !waiting.some(
    ({ key, orderNumber, lastAttempts }) =>
      key === keyOf(orderNumber) && lastAttempts.at(-1)?.answer === LEFT,
  );
}
