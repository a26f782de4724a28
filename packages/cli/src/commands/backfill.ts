import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { checkFile, type FileCheck } from "../backfill/check.ts";
import { boundOptions } from "../backfill/destination.ts";
import { openOrderFile } from "../backfill/order-file.ts";
import { withBar } from "../backfill/progress.ts";
import { checkJson, exitOf, isFaulty, sayCheck, sayPlan, saySent } from "../backfill/report.ts";
import { type SendReport, sendFile } from "../backfill/send.ts";
import { stateOf } from "../backfill/state.ts";
import { stopSignal } from "../backfill/stop-signal.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { destinationOf, type Merchant, requireMerchant } from "../options/merchant-options.ts";
import { duration, wholeNumber } from "../options/numbers.ts";
import { currencyOption, fileArgument, formatOption, mapOption } from "../options/order-file-options.ts";
import { sameOutbox, withoutSecrets } from "../options/outbox-options.ts";
import { isConfirmed } from "../terminal/confirm.ts";
import { harmless, openTerminal } from "../terminal/terminal.ts";
import { counted, shellWord } from "../terminal/wording.ts";
import { commandOnOutbox } from "./on-outbox.ts";

/** `backfill`: sends past orders from a file. */
export const backfillCommand = commandOnOutbox(
  "backfill",
  "checks a file of past orders; with --send, sends each order number once",
  [
    "orders.csv",
    "orders.csv --send --rate 20",
    'orders.csv --map "Order ID=order_number" --map "Qty=quantity"',
    "- --send --yes --state orders.sent.db --json",
    "orders.ndjson --send --sqlite data/orders.db",
  ],
  `Without --send, the file is only checked. After a kill or Ctrl-C, the same command continues. AvantLink has no field
for an order's date: every order counts as an order of the day on which it is sent.`,
)
  .addArgument(fileArgument)
  .addOption(formatOption)
  .addOption(mapOption)
  .addOption(currencyOption)
  .option("--send", "send the orders after the whole file was checked")
  .option("--yes", "send without asking")
  .option("--skip-faulty", "send the other orders of a file in which some orders can't be sent")
  .option("--rate <number>", "upper bound for the orders a second", wholeNumber(1, 10_000), 20)
  .option("--concurrency <number>", "requests to AvantLink at a time", wholeNumber(1, 100), 4)
  .option("--for <duration>", "stop after this time, such as 30m; the same command continues", duration)
  .option("--state <path>", "the file that remembers what was sent (default: the file's name with .sent.db)")
  .action(async (path, given, command) => {
    const terminal = openTerminal(given);
    const file = await openOrderFile(path, given);
    const check = await withBar("checking", file.size, "bytes", (position) => checkFile(file, position));
    const isSending = given.send === true;
    if (isFaulty(check) || !isSending) sayCheck(terminal, check);
    const [message, help] = obstacle(path, check, !isSending || given.skipFaulty === true) ?? [];
    if (!isSending || message !== undefined) terminal.sayJson(checkJson(check));
    if (!isSending) {
      const next = message ?? `Add --send to send ${counted(check.sendable, "order")}.`;
      terminal.say(`Dry run, nothing sent. ${next}`);
      process.exitCode = isFaulty(check) || check.sendable === 0 ? EXIT.wrong : EXIT.ok;
      return;
    }
    if (message !== undefined) throw new CommandError(EXIT.wrong, `Nothing was sent. ${message}`, help);
    // A state of its own is held against the destination when it is opened.
    const options = given.state === undefined ? boundOptions(given, command) : given;
    requireMerchant(options);
    const { shown, same, open } = stateOf(path, options);
    sayPlan(terminal, check, { ...destinationOf(options), rate: options.rate, place: shown });
    const question = `Send ${counted(check.sendable, "order")}?`;
    if (!(await isConfirmed(question, "send", options.yes === true)))
      return terminal.say("Nothing was sent.");

    const state = await open();
    const stop = stopSignal(terminal, options.for);
    let sent: SendReport;
    try {
      sent = await withBar("sending", check.sendable, "orders", (progress) =>
        sendFile({
          file,
          check,
          outbox: state.outbox,
          merchant: options,
          rate: options.rate,
          concurrency: options.concurrency,
          stop: stop.signal,
          progress,
          onSilence: (failure) =>
            terminal.note(
              `AvantLink confirms no order at present. ${harmless(failure)} Ctrl-C stops; the same command continues.`,
            ),
        }),
      );
    } finally {
      stop.end();
      await state.close();
    }
    const summary = { sent, check, stopped: stop.reason(), same, again: thisCommand(options, command) };
    const interrupted = summary.stopped === "interrupted";
    terminal.sayJson({ file: path, ...checkJson(check), sent: { ...sent, interrupted }, state: state.place });
    saySent(terminal, summary);
    process.exitCode = exitOf(summary);
  });

/** Why nothing of a file can be sent, and what to do about it; nothing for a file with orders that can. */
function obstacle(
  path: string,
  check: FileCheck,
  skipFaulty: boolean,
): readonly [message: string, help?: string] | undefined {
  const { sendable, faulty, repeated, denied, unpaid, unreadableFrom } = check;
  if (unreadableFrom !== undefined)
    return [
      `${path} can't be read beyond line ${unreadableFrom}; a file that can't be read to its end is never sent.`,
      "Correct the file there. --skip-faulty leaves out single orders, not the rest of a file.",
    ];
  if (sendable === 0) {
    const isEmpty = faulty + repeated.size + denied + unpaid === 0;
    return [`${path} has no order${isEmpty ? "s, only a header" : " that can be sent"}.`];
  }
  if (skipFaulty || !isFaulty(check)) return undefined;
  return ["Some orders can't be sent.", "Correct the file, or add --skip-faulty to send the other orders."];
}

/**
 * The command line as it was typed, with the answer to the question and with what came from the environment; `***` stands
 * for what may hold a password.
 */
function thisCommand({ merchant, endpoint }: Merchant, command: CommandUnknownOpts): string {
  const given = process.argv.slice(2).map(withoutSecrets);
  const words = ["avantlink-s2s", ...given, ...(given.includes("--yes") ? [] : ["--yes"])].map(shellWord);
  const untyped = Object.entries({ merchant, endpoint }).filter(
    ([name]) => command.getOptionValueSource(name) !== "cli",
  );
  return words.join(" ") + sameOutbox(Object.fromEntries(untyped));
}
