import { setTimeout as pause } from "node:timers/promises";
import { AvantLinkError, type DeliverDueReport, type Outbox, type Tracker } from "@avantlink-s2s/core";
import { systemRuntime } from "@avantlink-s2s/core/adapter";
import { EXIT } from "../../exit-codes.ts";
import {
  endpointOption,
  merchantOption,
  orderKeyFor,
  requireMerchant,
} from "../../options/merchant-options.ts";
import { durationOption } from "../../options/numbers.ts";
import { deliverDue, withTracker } from "../../outbox/command-tracker.ts";
import { conditionOf } from "../../outbox/condition.ts";
import { answerText, nextTry } from "../../outbox/record-view.ts";
import { counted } from "../../terminal/wording.ts";
import { commandOnOutbox, onOutbox } from "../on-outbox.ts";

const POLL_MS = 250;
const LEFT = new AvantLinkError("outbox.other-merchant").message;

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
        (tracker) => deliverOwn(outbox, tracker, orderKeyFor(options), options.for),
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

/**
 * Delivers what is due. Where another merchant's shop uses the outbox too, as after a change of the merchant ID, that shop
 * leaves this merchant's orders for a minute each time: these are waited for.
 */
async function deliverOwn(
  outbox: Outbox,
  tracker: Tracker,
  keyOf: (orderNumber: string) => string,
  timeoutMs: number,
): Promise<DeliverDueReport> {
  const until = systemRuntime.now() + timeoutMs;
  for (let [delivered, retrying, dead] = [0, 0, 0]; ; await pause(POLL_MS)) {
    const report = await deliverDue(tracker, Math.max(0, until - systemRuntime.now()));
    delivered += report.delivered;
    dead += report.dead;
    // The same order may fail each time.
    retrying = Math.max(retrying, report.retrying);
    const waiting = await outbox.waiting.list();
    const isLeft = waiting.some(
      ({ key, orderNumber, lastAttempts }) =>
        key === keyOf(orderNumber) && lastAttempts.at(-1)?.answer === LEFT,
    );
    if (!isLeft || systemRuntime.now() >= until) return { ...report, delivered, retrying, dead };
  }
}
