import { wireOrderNumber } from "@avantlink-s2s/core/adapter";
import { CommandError, EXIT } from "../../exit-codes.ts";
import { orderKeyFor } from "../../options/merchant-options.ts";
import { findLetter, removeLetter } from "../../outbox/dead-letters.ts";
import { numberOrKey } from "../../outbox/record-view.ts";
import { isConfirmed } from "../../terminal/confirm.ts";
import { harmless } from "../../terminal/terminal.ts";
import { commandOnOutbox, onOutbox } from "../on-outbox.ts";

/** `outbox remove` */
export const removeCommand = commandOnOutbox(
  "outbox remove",
  "erases a dead letter for good; its order number stays taken",
  ["1001 --sqlite data/orders.db", "8f2aa808dee6 --sqlite data/orders.db --yes"],
)
  .argument("<order>", "the order number, or the beginning of the key")
  .option("--yes", "without asking")
  .action(
    onOutbox(async ({ outbox, terminal: { say, sayJson } }, id, options) => {
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
export const forgetCommand = commandOnOutbox(
  "outbox forget",
  "erases what the outbox holds of an order, as a shopper may demand; the order is not sent any more",
  ["1001 --sqlite data/orders.db --yes"],
)
  .argument("<order>", "the order number")
  .option("--yes", "without asking")
  .action(
    onOutbox(async ({ outbox, terminal: { say, sayJson } }, order, options) => {
      const orderNumber = wireOrderNumber(order);
      const key = orderKeyFor(options)(orderNumber);
      const shown = harmless(orderNumber);
      const question = `Erase order ${shown}? If AvantLink does not have it yet, it will never be sent.`;
      if (!(await isConfirmed(question, "erase", options.yes === true))) return say("Nothing was erased.");
      const { status } = await outbox.forget(key);
      if (status === "sending") {
        const message = `Order ${shown} is being sent at this moment. Nothing was erased.`;
        throw new CommandError(EXIT.unreachable, message, "Run the command again in a minute.");
      }
      sayJson({ orderNumber, status });
      say(`Order ${shown} ${FORGOTTEN[status]}`);
      if (status === "unknown") process.exitCode = EXIT.unknown;
    }),
  );

const FORGOTTEN = {
  removed: "is erased and will not be sent. Its number stays taken.",
  delivered: "was delivered: its content was erased from this outbox then. AvantLink has it.",
  unknown: "is unknown: this outbox never accepted it for this merchant.",
} as const;
