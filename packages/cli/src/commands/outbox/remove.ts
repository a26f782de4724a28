import { confirm, isCancel } from "@clack/prompts";
import { CommandError, EXIT } from "../../exit-codes.ts";
import { findLetter, orderNumberOf, shortKey } from "../../outbox/dead-letters.ts";
import { withOutbox } from "../../outbox/open-outbox.ts";
import { removeLetter } from "../../outbox/still-there.ts";
import { harmless, openTerminal } from "../../terminal/terminal.ts";
import { onAnOutbox } from "./on-an-outbox.ts";

/** `outbox remove` */
export const removeCommand = onAnOutbox(
  "remove",
  "erases a dead letter for good; its order number stays taken",
  ["1001 --sqlite data/orders.db", "8f2aa808dee6 --sqlite data/orders.db --yes"],
)
  .argument("<id>", "its order number, or the beginning of its key")
  .option("--yes", "without asking")
  .action((id, options) =>
    withOutbox(options, async (outbox) => {
      const { say, sayJson } = openTerminal({ json: options.json === true });
      const letter = await findLetter(outbox, id);
      const number = harmless(orderNumberOf(letter)) || shortKey(letter);
      if (options.yes !== true) {
        if (!process.stdin.isTTY)
          throw new CommandError(EXIT.usage, "Nobody is here to be asked; give --yes.");
        const message = `Erase order ${number}? It will never be sent, and no affiliate paid for it.`;
        const sure = await confirm({ message, initialValue: false, output: process.stderr });
        if (isCancel(sure) || !sure) return say("Kept.");
      }
      await removeLetter(outbox, letter);
      sayJson({ removed: letter.key });
      say(`Removed ${number}.`);
    }),
  );
