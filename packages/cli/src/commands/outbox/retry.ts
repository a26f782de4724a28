import { type DeadLetter, type Outbox, stateOf } from "@avantlink-s2s/core";
import { CommandError, EXIT } from "../../exit.ts";
import { endpointOption, merchantOption, orderKeyFor } from "../../merchant.ts";
import { readCorrected, replace } from "../../outbox/corrected.ts";
import { findLetter, letters } from "../../outbox/letters.ts";
import { withOutbox } from "../../outbox/open.ts";
import { retryLetter } from "../../outbox/still-there.ts";
import { InFlight } from "../../sending/in-flight.ts";
import { type SendNow, sendNow } from "../../sending/send-now.ts";
import { harmless, openTerminal, type Terminal } from "../../terminal.ts";
import { wholeNumber } from "../../whole-number.ts";
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
      const keyOf = orderKeyFor(options);
      // Said before a letter is touched.
      if (options.send === true) keyOf("");
      const inFlight = await inFlightOf(outbox, options.sqlite);
      try {
        const { keys, left } = await putBack(outbox, id, options, keyOf);
        if (left > 0)
          terminal.note(`${left} left: they have to be corrected one by one (retry ID --with FILE).`);
        if (options.send === true) {
          const waitMs = options.wait * 1000;
          await send(terminal, { outbox, inFlight, keys, merchant: options, waitMs }, left);
          return;
        }
        terminal.sayJson({ retried: keys, left });
        terminal.say(
          `${keys.length} put back; a running shop delivers within a second or two, --send from here.`,
        );
      } finally {
        await inFlight?.end();
      }
    }),
  );

/** What a backfill has under way, where the outbox is its state. */
async function inFlightOf(outbox: Outbox, path: string | undefined): Promise<InFlight | undefined> {
  if (path === undefined || !InFlight.isBeside(path)) return undefined;
  return InFlight.open(path, async (key) => stateOf(await outbox.find(key)));
}

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
      "This order could not become one for AvantLink, and would not now.",
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

async function send({ say, sayJson, note }: Terminal, work: SendNow, left: number): Promise<void> {
  const { sent, lastFailure } = await sendNow(work);
  const of = (state: string) => sent.filter((one) => one.state === state).length;
  sayJson({ retried: work.keys, left, delivered: of("delivered"), dead: of("dead"), pending: of("pending") });
  say(`${of("delivered")} delivered, ${of("dead")} given up again, ${of("pending")} still waiting`);
  if (of("delivered") < work.keys.length && lastFailure !== "") note(harmless(lastFailure));
  if (of("dead") > 0) process.exitCode = EXIT.wrong;
  else if (of("pending") > 0) process.exitCode = EXIT.unreachable;
}
