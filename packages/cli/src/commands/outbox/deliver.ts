import { EXIT } from "../../exit-codes.ts";
import { endpointOption, merchantOption, requireMerchant } from "../../options/merchant-options.ts";
import { durationOption } from "../../options/numbers.ts";
import { deliverDue, withTracker } from "../../outbox/command-tracker.ts";
import { conditionOf } from "../../outbox/condition.ts";
import { answerText, nextTry } from "../../outbox/record-view.ts";
import { counted } from "../../terminal/wording.ts";
import { commandOnOutbox, onOutbox } from "../on-outbox.ts";

/** `outbox deliver` */
export const deliverCommand = commandOnOutbox(
  "outbox deliver",
  "delivers the orders that are due now, and ends; for a cron job, or while the shop is down",
  ["--sqlite data/orders.db --for 60s"],
)
  .addOption(durationOption("--for <duration>", "begin no delivery after this time", "60s"))
  .addOption(merchantOption)
  .addOption(endpointOption)
  .action(
    onOutbox(async ({ outbox, terminal: { say, sayJson, note } }, options) => {
      requireMerchant(options);
      const { delivered, retrying, dead, timedOut } = await withTracker(
        { outbox, merchant: options },
        (tracker) => deliverDue(tracker, options.for),
      );
      const { totals, oldestWaiting, lastAnswer } = await conditionOf(outbox);
      sayJson({ delivered, retrying, dead, timedOut, waiting: totals.pending });
      say(`${delivered} delivered, ${retrying} failed and tried again later, ${dead} dead letters.`);
      if (oldestWaiting !== undefined) {
        const waiting = counted(totals.pending, "order is", "orders are");
        note(`${waiting} waiting. Next try ${nextTry(oldestWaiting)}.`);
        if (lastAnswer !== undefined) note(`AvantLink's last answer: ${answerText(lastAnswer)}.`);
      }
      if (timedOut) note("The time of --for is over, and orders are still due. Run the same command again.");
      if (dead > 0) process.exitCode = EXIT.wrong;
      else if (retrying > 0 || timedOut) process.exitCode = EXIT.unreachable;
    }),
  );
