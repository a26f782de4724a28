import type { DeadLetter, JobState, Outbox } from "@avantlink-s2s/core";
import { CommandError, EXIT } from "../../exit-codes.ts";
import {
  endpointOption,
  merchantOption,
  orderKeyFor,
  requireMerchant,
} from "../../options/merchant-options.ts";
import { wholeNumber } from "../../options/whole-number.ts";
import { readCorrected, replace } from "../../outbox/corrected-order.ts";
import { findLetter, letters } from "../../outbox/dead-letters.ts";
import { type DeliverNow, deliverNow } from "../../outbox/deliver-now.ts";
import { withOutbox } from "../../outbox/open-outbox.ts";
import { retryLetter } from "../../outbox/still-there.ts";
import { harmless, openTerminal, type Terminal } from "../../terminal/terminal.ts";
import { onAnOutbox } from "./on-an-outbox.ts";

/** `outbox retry` */
export const retryCommand = onAnOutbox(
  "retry",
  "puts a dead letter back among the pending orders; a running shop then delivers it",
  ["1001 --sqlite data/orders.db --with order.json --send", "--all --sqlite data/orders.db --send --wait 60"],
)
  .argument("[id]", "its order number, or the beginning of its key")
  .option(
    "--with <file>",
    "send this corrected order instead (JSON; - for stdin); the shopper's context is kept",
  )
  .option("--all", "every dead letter that can go as it is")
  .option("--send", "deliver from here, and wait for AvantLink's answer")
  .option("--wait <seconds>", "how long to wait with --send", wholeNumber(1), 30)
  .addOption(merchantOption)
  .addOption(endpointOption)
  .action((id, options) =>
    withOutbox(options, async (outbox) => {
      const terminal = openTerminal({ json: options.json === true });
      if (options.send === true) requireMerchant(options);
      const { keys, left } = await putBack(outbox, id, options, orderKeyFor(options));
      if (left > 0) {
        terminal.note(
          `${left} invalid orders stay dead letters. Correct each one: avantlink-s2s outbox retry ORDER --with order.json`,
        );
      }
      if (options.send === true) {
        await send(terminal, { outbox, keys, merchant: options, waitMs: options.wait * 1000 }, left);
        return;
      }
      terminal.sayJson({ retried: keys, left });
      terminal.say(
        `${keys.length} orders wait again. A running shop delivers them within seconds; --send delivers from here.`,
      );
    }),
  );

/** Which letters are orders again, by key, and how many could not be. */
interface PutBack {
  readonly keys: readonly string[];
  readonly left: number;
}

async function putBack(
  outbox: Outbox,
  id: string | undefined,
  { all, with: file }: { readonly all?: true | undefined; readonly with?: string | undefined },
  keyOf: (orderNumber: string) => string,
): Promise<PutBack> {
  if (id === undefined && all === true && file === undefined) return putAllBack(outbox);
  if (id === undefined || all === true) {
    throw new CommandError(EXIT.usage, "Name one dead letter, or give --all without --with.");
  }
  const letter = await findLetter(outbox, id);
  if (file !== undefined) {
    return { keys: [await replace(outbox, letter, await readCorrected(file, letter), keyOf)], left: 0 };
  }
  if (letter.kind === "rejected") {
    throw new CommandError(
      EXIT.wrong,
      "This order is still invalid; sending it unchanged would fail again.",
      "Correct it: `outbox show ID --order > order.json`, then `outbox retry ID --with order.json`.",
    );
  }
  await retryLetter(outbox, letter);
  return { keys: [letter.key], left: 0 };
}

async function putAllBack(outbox: Outbox): Promise<PutBack> {
  const found: Pick<DeadLetter, "key" | "kind">[] = [];
  for await (const { key, kind } of letters(outbox)) found.push({ key, kind });
  const keys: string[] = [];
  let left = 0;
  for (const { key, kind } of found) {
    if (kind === "rejected") left += 1;
    // One that is gone by now is neither put back nor left.
    else if (await outbox.dead.retry(key)) keys.push(key);
  }
  return { keys, left };
}

async function send({ say, sayJson, note }: Terminal, work: DeliverNow, left: number): Promise<void> {
  const { states, lastFailure } = await deliverNow(work);
  const of = (state: JobState) => states.filter((one) => one === state).length;
  const [delivered, dead, pending] = [of("delivered"), of("dead"), of("pending")];
  sayJson({ retried: work.keys, left, delivered, dead, pending });
  say(`${delivered} delivered, ${dead} dead letters again, ${pending} still waiting.`);
  if (delivered < work.keys.length && lastFailure !== "") note(harmless(lastFailure));
  if (dead > 0) process.exitCode = EXIT.wrong;
  else if (pending > 0) process.exitCode = EXIT.unreachable;
}
