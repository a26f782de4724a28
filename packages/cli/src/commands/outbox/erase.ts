import { wireOrderNumber } from "@avantlink-s2s/core/adapter";
import { CommandError, EXIT } from "../../exit-codes.ts";
import { merchantOption, orderKeyFor } from "../../options/merchant-options.ts";
import { outboxCommand } from "../../options/outbox-options.ts";
import { findLetter, removeLetter } from "../../outbox/dead-letters.ts";
import { withOutbox } from "../../outbox/open-outbox.ts";
import { numberOrKey } from "../../outbox/record-view.ts";
import { isConfirmed } from "../../terminal/confirm.ts";
import { harmless, openTerminal } from "../../terminal/terminal.ts";

/** `outbox remove` */
export const removeCommand = outboxCommand(
  "outbox remove",
  "erases a dead letter for good; its order number stays taken",
  ["1001 --sqlite data/orders.db", "8f2aa808dee6 --sqlite data/orders.db --yes"],
)
  .argument("<order>", "the order number, or the beginning of the key")
  .option("--yes", "without asking")
  .action((id, options) =>
    withOutbox(options, async (outbox) => {
      const { say, sayJson } = openTerminal(options);
      const letter = await findLetter(outbox, id);
      const shown = numberOrKey(letter);
      const question = `Erase order ${shown}? It will never be sent, and no affiliate is paid for it.`;
      if (!(await isConfirmed(question, "remove", options.yes === true))) return say("Nothing was removed.");
      await removeLetter(outbox, letter);
      sayJson({ removed: letter.key });
      say(`Removed order ${shown}.`);
    }),
  );

/** `outbox forget` */
export const forgetCommand = outboxCommand(
  "outbox forget",
  "erases what the outbox holds of an order, as a shopper may demand; the order is not sent any more",
  ["1001 --sqlite data/orders.db --yes"],
)
  .argument("<order>", "the order number")
  .addOption(merchantOption)
  .option("--yes", "without asking")
  .action((order, options) =>
    withOutbox(options, async (outbox) => {
      const { say, sayJson } = openTerminal(options);
      const orderNumber = wireOrderNumber(order);
      const key = orderKeyFor(options)(orderNumber);
      const shown = harmless(orderNumber);
      const question = `Erase order ${shown}? If AvantLink does not have it yet, it will never be sent.`;
      if (!(await isConfirmed(question, "erase", options.yes === true))) return say("Nothing was erased.");
      const result = await outbox.forget(key);
      if (result.status === "sending") {
        throw new CommandError(
          EXIT.unreachable,
          `Order ${shown} is being sent at this moment. Nothing was erased.`,
          "Run the command again in a minute.",
        );
      }
      sayJson({ orderNumber, status: result.status });
      if (result.status === "unknown") {
        say(`Order ${shown} is unknown: this outbox never accepted it for this merchant.`);
        process.exitCode = EXIT.unknown;
      } else if (result.status === "delivered")
        say(`Order ${shown} was delivered: its content was erased from this outbox then. AvantLink has it.`);
      else say(`Order ${shown} is erased and will not be sent. Its number stays taken.`);
    }),
  );
