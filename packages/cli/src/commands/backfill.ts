import { Command, Option } from "@commander-js/extra-typings";
import { checkFile, type FileCheck } from "../backfill/check.ts";
import { openOrderFile } from "../backfill/order-file.ts";
import { withBar } from "../backfill/progress.ts";
import { checkJson, exitOf, isFaulty, sayCheck, sayPlan, saySent } from "../backfill/report.ts";
import { type SendReport, sendFile } from "../backfill/send.ts";
import { openState, statePlace } from "../backfill/state.ts";
import { stopSignal } from "../backfill/stop-signal.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { mapOption } from "../options/column-options.ts";
import { duration } from "../options/duration.ts";
import {
  destinationOf,
  endpointOption,
  merchantOption,
  requireMerchant,
} from "../options/merchant-options.ts";
import {
  postgresOption,
  queueOption,
  redisOption,
  schemaOption,
  sqliteOption,
} from "../options/outbox-options.ts";
import { wholeNumber } from "../options/whole-number.ts";
import { isConfirmed } from "../terminal/confirm.ts";
import { harmless, openTerminal } from "../terminal/terminal.ts";
import { counted, shellWord } from "../terminal/wording.ts";

/** `backfill`: sends past orders from a file. */
export const backfillCommand = new Command("backfill")
  .description("checks a file of past orders; with --send, sends each order number once")
  .argument(
    "<file>",
    "orders as NDJSON, as CSV with a row for each item, or as Shopify or WooCommerce export; - for stdin",
  )
  .addOption(
    new Option("--format <format>", "the file's format, if its content does not show it").choices([
      "csv",
      "ndjson",
    ] as const),
  )
  .addOption(mapOption)
  .option("--currency <code>", "the currency of every order, for a CSV file without a column for it")
  .option("--send", "send the orders after the whole file was checked")
  .option("--yes", "send without asking")
  .option("--skip-faulty", "send the other orders of a file in which some orders can't be sent")
  .option("--rate <number>", "upper bound for the orders a second", wholeNumber(1, 10_000), 20)
  .option("--concurrency <number>", "requests to AvantLink at a time", wholeNumber(1, 100), 4)
  .option("--for <duration>", "stop after this time, such as 30m; the same command continues", duration)
  .option("--state <path>", "the file that remembers what was sent (default: the file's name with .sent.db)")
  .addOption(sqliteOption)
  .addOption(redisOption)
  .addOption(postgresOption)
  .addOption(queueOption)
  .addOption(schemaOption)
  .addOption(merchantOption)
  .addOption(endpointOption)
  .option("--json", "print the report as JSON, for scripts")
  .addHelpText(
    "after",
    `
Examples:
  $ avantlink-s2s backfill orders.csv
  $ avantlink-s2s backfill orders.csv --send --rate 20
  $ avantlink-s2s backfill orders.csv --map "Order ID=order_number" --map "Qty=quantity"
  $ zcat orders.ndjson.gz | avantlink-s2s backfill - --send --yes --state orders.sent.db --json

Without --send, the file is only checked.

After a kill or Ctrl-C, the same command continues. AvantLink ignores a repeated order number, so it is safe that
the few requests that were open during a kill are sent again.

AvantLink has no field for an order's date: every order counts as an order of the day on which it is sent.

If the shop may have sent some of the orders itself, name the shop's outbox, which knows them:
  $ avantlink-s2s backfill orders.ndjson --send --sqlite data/orders.db
`,
  )
  .action(async (path, options) => {
    const terminal = openTerminal({ json: options.json === true });
    const file = await openOrderFile(path, {
      format: options.format,
      mapping: options.map ?? new Map(),
      currency: options.currency,
    });
    const check = await withBar("checking", file.size, "bytes", (position) => checkFile(file, position));
    if (isFaulty(check) || options.send !== true) sayCheck(terminal, check);
    if (options.send !== true) {
      terminal.sayJson(checkJson(check));
      terminal.say(dryRunEnd(check));
      process.exitCode = isFaulty(check) || check.sendable === 0 ? EXIT.wrong : EXIT.ok;
      return;
    }
    const reason = notSendable(path, check, options.skipFaulty === true);
    if (reason) {
      terminal.sayJson(checkJson(check));
      throw reason;
    }
    requireMerchant(options);
    sayPlan(terminal, check, {
      ...destinationOf(options),
      rate: options.rate,
      place: statePlace(path, options),
    });
    const question = `Send ${counted(check.sendable, "order")}?`;
    if (!(await isConfirmed(question, "send", options.yes === true)))
      return terminal.say("Nothing was sent.");

    const state = await openState(path, options);
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
    const summary = { sent, check, stopped: stop.reason(), named: state.named, again: thisCommand() };
    const interrupted = summary.stopped === "interrupted";
    terminal.sayJson({ file: path, ...checkJson(check), sent: { ...sent, interrupted }, state: state.place });
    saySent(terminal, summary);
    process.exitCode = exitOf(summary);
  });

function dryRunEnd(check: FileCheck): string {
  if (check.unreadableFrom !== undefined)
    return "Dry run, nothing sent. A file that can't be read to its end is never sent.";
  if (isEmpty(check)) return "Dry run, nothing sent. This file has no orders, only a header.";
  if (check.sendable === 0) return "Dry run, nothing sent. This file contains no order that can be sent.";
  return `Dry run, nothing sent. Add --send to send ${counted(check.sendable, "order")}.`;
}

function isEmpty({ sendable, faulty, repeated, denied, unpaid }: FileCheck): boolean {
  return sendable + faulty + repeated.size + denied + unpaid === 0;
}

/** Why nothing of a file is sent. */
function notSendable(path: string, check: FileCheck, skipFaulty: boolean): CommandError | undefined {
  if (check.unreadableFrom !== undefined) {
    return new CommandError(
      EXIT.wrong,
      `Nothing was sent. ${path} can't be read beyond line ${check.unreadableFrom}.`,
      "Correct the file there. --skip-faulty leaves out single orders, not the rest of a file.",
    );
  }
  if (isFaulty(check) && !skipFaulty) {
    return new CommandError(
      EXIT.wrong,
      "Nothing was sent, because some orders can't be sent.",
      "Correct the file, or add --skip-faulty to send the other orders.",
    );
  }
  if (check.sendable > 0) return undefined;
  return new CommandError(EXIT.wrong, `Nothing was sent. ${path} contains no order that can be sent.`);
}

/** The command line as it was typed, with the answer to the question. */
function thisCommand(): string {
  const given = process.argv.slice(2);
  return ["avantlink-s2s", ...given, ...(given.includes("--yes") ? [] : ["--yes"])].map(shellWord).join(" ");
}
