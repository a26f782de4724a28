import type { JobState, Outbox } from "@avantlink-s2s/core";
import { CommandError, EXIT } from "../../exit-codes.ts";
import {
  endpointOption,
  merchantOption,
  orderKeyFor,
  requireMerchant,
} from "../../options/merchant-options.ts";
import { durationOption } from "../../options/numbers.ts";
import { outboxCommand } from "../../options/outbox-options.ts";
import { conditionOf } from "../../outbox/condition.ts";
import { readCorrected, replace } from "../../outbox/corrected-order.ts";
import { findLetter, letters, retryLetter } from "../../outbox/dead-letters.ts";
import { type Delivery, deliverOrders } from "../../outbox/deliver.ts";
import { withOutbox } from "../../outbox/open-outbox.ts";
import { answerText, nextTry } from "../../outbox/record-view.ts";

import { openTerminal, type Terminal } from "../../terminal/terminal.ts";
import { counted } from "../../terminal/wording.ts";

// Letters that share one commit of the outbox.
const BATCH = 100;

/** `outbox retry` */
export const retryCommand = outboxCommand(
  "outbox retry",
  "makes a dead letter wait for delivery again; a running shop then delivers it",
  [
    "1001 --sqlite data/orders.db --with order.json --send",
    "--all --sqlite data/orders.db --send --wait 60s",
  ],
)
  .argument("[order]", "the order number, or the beginning of the key")
  .option(
    "--with <file>",
    "send this corrected order instead (JSON; - for stdin); the shopper's context is kept",
  )
  .option("--all", "every dead letter that can go as it is")
  .option("--send", "deliver from here, and wait for AvantLink's answer")
  .addOption(durationOption("--wait <duration>", "how long to wait with --send", "30s"))
  .addOption(merchantOption)
  .addOption(endpointOption)
  .action((id, options) =>
    withOutbox(options, async (outbox) => {
      const terminal = openTerminal(options);
      if (options.send === true) requireMerchant(options);
      const putBack = await putBackLetters(outbox, id, options, orderKeyFor(options));
      const { keys, left } = putBack;
      if (left > 0) {
        terminal.note(
          `${counted(left, "invalid order stays a dead letter", "invalid orders stay dead letters")}. Correct each one: avantlink-s2s outbox retry ORDER --with order.json`,
        );
      }
      if (options.send === true) {
        await send(terminal, { outbox, merchant: options }, putBack, options.wait);
        return;
      }
      terminal.sayJson({ retried: keys, left });
      terminal.say(
        `${counted(keys.length, "order waits", "orders wait")} again. A running shop delivers within seconds; --send, or "outbox deliver", delivers from here.`,
      );
    }),
  );

/** The keys of the orders that wait again, and the number of invalid ones that can't. */
interface PutBack {
  readonly keys: readonly string[];
  readonly left: number;
}

async function putBackLetters(
  outbox: Outbox,
  id: string | undefined,
  { all, with: file }: { readonly all?: true | undefined; readonly with?: string | undefined },
  keyOf: (orderNumber: string) => string,
): Promise<PutBack> {
  if (id === undefined && all === true && file === undefined) return putBackAll(outbox);
  if (id === undefined || all === true) {
    throw new CommandError(EXIT.usage, "Name one order, or use --all without --with.");
  }
  const letter = await findLetter(outbox, id);
  if (file !== undefined) {
    return { keys: [await replace(outbox, letter, await readCorrected(file, letter), keyOf)], left: 0 };
  }
  if (letter.kind === "rejected") {
    throw new CommandError(
      EXIT.wrong,
      "This order is still invalid; sending it unchanged would fail again.",
      "Correct it: `outbox show ORDER --order > order.json`, then `outbox retry ORDER --with order.json`.",
    );
  }
  await retryLetter(outbox, letter);
  return { keys: [letter.key], left: 0 };
}

async function putBackAll(outbox: Outbox): Promise<PutBack> {
  const keys: string[] = [];
  let left = 0;
  for await (const { key, kind } of letters(outbox)) {
    if (kind === "rejected") left += 1;
    else keys.push(key);
  }
  const retried: string[] = [];
  for (let start = 0; start < keys.length; start += BATCH) {
    const batch = keys.slice(start, start + BATCH);
    const done = await Promise.all(batch.map((key) => outbox.dead.retry(key)));
    // A letter that another process has retried or removed by now is not counted.
    retried.push(...batch.filter((_, index) => done[index]));
  }
  return { keys: retried, left };
}

async function send(
  { say, sayJson, note }: Terminal,
  delivery: Delivery,
  { keys, left }: PutBack,
  waitMs: number,
): Promise<void> {
  const states = await deliverOrders(delivery, keys, waitMs);
  const of = (state: JobState) => states.filter((one) => one === state).length;
  const [delivered, dead, waiting] = [of("delivered"), of("dead"), of("pending")];
  sayJson({ retried: keys, left, delivered, dead, waiting });
  say(`${delivered} delivered, ${dead} dead letters again, ${waiting} still waiting.`);
  if (delivered < keys.length) {
    const { oldestWaiting, lastAnswer } = await conditionOf(delivery.outbox);
    if (lastAnswer) note(`AvantLink's last answer: ${answerText(lastAnswer)}.`);
    if (oldestWaiting)
      note(`Next try ${nextTry(oldestWaiting)}, by a running shop or "avantlink-s2s outbox deliver".`);
  }
  if (dead > 0) process.exitCode = EXIT.wrong;
  else if (waiting > 0) process.exitCode = EXIT.unreachable;
}
