import { wireOrderNumber } from "@avantlink-s2s/core/adapter";
import { CommandError, EXIT } from "../../exit-codes.ts";
import { merchantOption, orderKeyFor } from "../../options/merchant-options.ts";
import { withOutbox } from "../../outbox/open-outbox.ts";
import { isConfirmed } from "../../terminal/confirm.ts";
import { harmless, openTerminal } from "../../terminal/terminal.ts";
import { onAnOutbox } from "./on-an-outbox.ts";

/** `outbox forget` */
export const forgetCommand = onAnOutbox(
  "forget",
  "erases what the outbox holds of an order, as a shopper may demand; the order is not sent any more",
  ["1001 --sqlite data/orders.db --yes"],
)
  .argument("<order>", "the order number")
  .addOption(merchantOption)
  .option("--yes", "without asking")
  .action((order, options) =>
    withOutbox(options, async (outbox) => {
      const { say, sayJson } = openTerminal({ json: options.json === true });
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
