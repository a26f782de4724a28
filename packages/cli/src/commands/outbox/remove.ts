import { findLetter } from "../../outbox/dead-letters.ts";
import { withOutbox } from "../../outbox/open-outbox.ts";
import { numberOrKey } from "../../outbox/record-view.ts";
import { removeLetter } from "../../outbox/still-there.ts";
import { isConfirmed } from "../../terminal/confirm.ts";
import { openTerminal } from "../../terminal/terminal.ts";
import { onAnOutbox } from "./on-an-outbox.ts";

/** `outbox remove` */
export const removeCommand = onAnOutbox(
  "remove",
  "erases a dead letter for good; its order number stays taken",
  ["1001 --sqlite data/orders.db", "8f2aa808dee6 --sqlite data/orders.db --yes"],
)
  .argument("<order>", "the order number, or the beginning of the key")
  .option("--yes", "without asking")
  .action((id, options) =>
    withOutbox(options, async (outbox) => {
      const { say, sayJson } = openTerminal({ json: options.json === true });
      const letter = await findLetter(outbox, id);
      const shown = numberOrKey(letter);
      const question = `Erase order ${shown}? It will never be sent, and no affiliate is paid for it.`;
      if (!(await isConfirmed(question, "remove", options.yes === true))) return say("Nothing was removed.");
      await removeLetter(outbox, letter);
      sayJson({ removed: letter.key });
      say(`Removed order ${shown}.`);
    }),
  );
