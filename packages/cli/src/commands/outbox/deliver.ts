import { EXIT } from "../../exit-codes.ts";
import { endpointOption, merchantOption, requireMerchant } from "../../options/merchant-options.ts";
import { durationOption } from "../../options/numbers.ts";
import { outboxCommand } from "../../options/outbox-options.ts";
import { conditionOf } from "../../outbox/condition.ts";
import { deliverDue, withTracker } from "../../outbox/deliver.ts";
import { withOutbox } from "../../outbox/open-outbox.ts";
import { answerText, nextTry } from "../../outbox/record-view.ts";
import { openTerminal } from "../../terminal/terminal.ts";
import { counted } from "../../terminal/wording.ts";

/** `outbox deliver` */
export const deliverCommand = outboxCommand(
  "outbox deliver",
  "delivers the orders that are due now, and ends; for a cron job, or while the shop is down",
  ["--sqlite data/orders.db --for 60s"],
)
  .addOption(durationOption("--for <duration>", "begin no delivery after this time", "60s"))
  .addOption(merchantOption)
  .addOption(endpointOption)
  .action((options) =>
    withOutbox(options, async (outbox) => {
      const { say, sayJson, note } = openTerminal(options);
      requireMerchant(options);
      const { delivered, retrying, dead, timedOut } = await withTracker(
        { outbox, merchant: options },
        (tracker) => deliverDue(tracker, options.for),
      );
      const { totals, oldestWaiting, lastAnswer } = await conditionOf(outbox);
      sayJson({ delivered, retrying, dead, timedOut, waiting: totals.pending });
      say(`${delivered} delivered, ${retrying} failed and tried again later, ${dead} dead letters.`);
      if (oldestWaiting !== undefined) {
        note(
          `${counted(totals.pending, "order is", "orders are")} waiting. Next try ${nextTry(oldestWaiting)}.`,
        );
        if (lastAnswer !== undefined) note(`AvantLink's last answer: ${answerText(lastAnswer)}.`);
      }
      if (timedOut) note("The time of --for is over, and orders are still due. Run the same command again.");
      if (dead > 0) process.exitCode = EXIT.wrong;
      else if (retrying > 0 || timedOut) process.exitCode = EXIT.unreachable;
    }),
  );
