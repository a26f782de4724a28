import { Command, Option } from "@commander-js/extra-typings";
import { checkFile } from "../backfill/check.ts";
import { type OrderFile, openOrderFile } from "../backfill/order-file.ts";
import { showProgress } from "../backfill/progress.ts";
import { checkJson, exitOf, isFaulty, sayCheck, saySent } from "../backfill/report.ts";
import { type SendReport, sendFile } from "../backfill/send.ts";
import { type BackfillState, openState } from "../backfill/state.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { endpointOption, merchantOption, requireMerchant } from "../options/merchant-options.ts";
import {
  postgresOption,
  queueOption,
  redisOption,
  schemaOption,
  sqliteOption,
} from "../options/outbox-options.ts";
import { wholeNumber } from "../options/whole-number.ts";
import { openTerminal, type Terminal } from "../terminal/terminal.ts";

/** `backfill`: sends orders of the past out of a file. */
export const backfillCommand = new Command("backfill")
  .description("checks a file of past orders, and sends them with --send, each order number once")
  .argument("<file>", "orders as NDJSON, or as CSV with a row for each item")
  .addOption(
    new Option("--format <format>", "what the file is, where its name does not tell").choices([
      "csv",
      "ndjson",
    ] as const),
  )
  .option("--send", "really send, after the whole file was checked")
  .option("--skip-faulty", "send the rest of a file in which some orders are faulty")
  .option("--rate <number>", "orders a second, at most", wholeNumber(1, 10_000), 20)
  .option("--concurrency <number>", "calls to AvantLink at a time", wholeNumber(1, 100), 4)
  .option("--state <path>", "where it is remembered what was sent (default: the file's name with .sent.db)")
  .addOption(sqliteOption)
  .addOption(redisOption)
  .addOption(postgresOption)
  .addOption(queueOption)
  .addOption(schemaOption)
  .addOption(merchantOption)
  .addOption(endpointOption)
  .option("--json", "print the report as JSON, for scripts")
  .addHelpText("after", HELP())
  .action(async (path, options) => {
    const terminal = openTerminal({ json: options.json === true });
    const file = await openOrderFile(path, options.format);
    const check = await withProgress(file, (position) => checkFile(file, position));
    if (isFaulty(check) || options.send !== true) sayCheck(terminal, check);
    if (options.send !== true) {
      terminal.sayJson(checkJson(check));
      terminal.say(
        check.unreadableFrom === undefined
          ? `Dry run, nothing sent. Add --send to send ${check.sendable} orders.`
          : "Dry run, nothing sent. A file that can't be read to its end is never sent.",
      );
      process.exitCode = isFaulty(check) ? EXIT.wrong : EXIT.ok;
      return;
    }
    if (check.unreadableFrom !== undefined) {
      terminal.sayJson(checkJson(check));
      throw new CommandError(
        EXIT.wrong,
        `Nothing was sent. ${path} can't be read beyond line ${check.unreadableFrom}.`,
        "Correct the file there. --skip-faulty leaves out single orders, not the rest of a file.",
      );
    }
    if (isFaulty(check) && options.skipFaulty !== true) {
      terminal.sayJson(checkJson(check));
      throw new CommandError(
        EXIT.wrong,
        "Nothing was sent, because some orders can't be sent.",
        "Correct the file, or add --skip-faulty to send the other orders.",
      );
    }
    requireMerchant(options);
    const state = await openState(path, options);
    const stopping = new AbortController();
    const sent = await whileSending(terminal, state, stopping, check.sendable, (progress) =>
      sendFile({
        file,
        check,
        outbox: state.outbox,
        merchant: options,
        rate: options.rate,
        concurrency: options.concurrency,
        stop: stopping.signal,
        progress,
      }),
    );
    const interrupted = stopping.signal.aborted;
    const summary = { sent, check, interrupted, named: state.named };
    terminal.sayJson({ file: path, ...checkJson(check), sent: { ...sent, interrupted }, state: state.place });
    saySent(terminal, summary);
    process.exitCode = exitOf(summary);
  });

function HELP(): string {
  return `
Examples:
  $ avantlink-s2s backfill orders.csv
  $ avantlink-s2s backfill orders.csv --send --rate 20
  $ avantlink-s2s backfill orders.txt --format ndjson --send --skip-faulty --json

Without --send, the file is only checked.

After a kill or Ctrl-C, the same command continues. AvantLink ignores a repeated order number, so it is safe that
the few requests that were open during a kill are sent again.

If the shop may have sent some of the orders itself, name the shop's outbox, which knows them:
  $ avantlink-s2s backfill orders.ndjson --send --sqlite data/orders.db
`;
}

async function withProgress<T>(
  file: OrderFile,
  work: (position: (bytes: number) => void) => Promise<T>,
): Promise<T> {
  const bar = showProgress("checking", file.size, "bytes");
  /** Nothing is under way yet, but a terminal gets its cursor back. */
  function stop(): void {
    bar.stop();
    process.exit(EXIT.interrupted);
  }
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    return await work((bytes) => bar.update(bytes));
  } finally {
    bar.stop();
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

/** Sends until done, or until Ctrl-C: open requests are then awaited. A second Ctrl-C quits at once. */
async function whileSending(
  { note }: Terminal,
  state: BackfillState,
  stopping: AbortController,
  total: number,
  work: (progress: (settled: number) => void) => Promise<SendReport>,
): Promise<SendReport> {
  const bar = showProgress("sending", total, "orders");
  function stop(): void {
    bar.stop();
    note("Stopping: waiting a few seconds for open requests. Press Ctrl-C again to quit now.");
    stopping.abort();
  }
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    return await work((settled) => bar.update(settled));
  } finally {
    bar.stop();
    process.off("SIGINT", stop).off("SIGTERM", stop);
    await state.close();
  }
}
