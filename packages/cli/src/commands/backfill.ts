import { Command, Option } from "@commander-js/extra-typings";
import { checkFile } from "../backfill/check.ts";
import { type OrderFile, openOrderFile } from "../backfill/order-file.ts";
import { showProgress } from "../backfill/progress.ts";
import { exitOf, isFaulty, sayCheck, saySent, shown, unreadable } from "../backfill/report.ts";
import { type SendReport, sendFile } from "../backfill/send.ts";
import { openState, type SendState } from "../backfill/state.ts";
import { CommandError, EXIT } from "../exit.ts";
import { endpointOption, merchantOption, orderKeyFor } from "../merchant.ts";
import { postgresOption, queueOption, redisOption, schemaOption, sqliteOption } from "../outbox/options.ts";
import { openTerminal, type Terminal } from "../terminal.ts";
import { wholeNumber } from "../whole-number.ts";

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
      terminal.sayJson(shown(check));
      terminal.say(
        check.unreadableFrom === undefined
          ? `Nothing was sent. ${check.sendable} orders would be: add --send.`
          : "Nothing was sent, and nothing would be.",
      );
      process.exitCode = isFaulty(check) ? EXIT.wrong : EXIT.ok;
      return;
    }
    if (check.unreadableFrom !== undefined) {
      terminal.sayJson(shown(check));
      throw new CommandError(
        EXIT.wrong,
        `Nothing was sent of ${path}: ${unreadable(check.unreadableFrom)}`,
        "Correct the file there. --skip-faulty is for faults that end with their order.",
      );
    }
    if (isFaulty(check) && options.skipFaulty !== true) {
      terminal.sayJson(shown(check));
      throw new CommandError(
        EXIT.wrong,
        "Nothing was sent, because of the faults above.",
        "Correct the file, or send the rest with --skip-faulty.",
      );
    }
    // Said before anything is opened, rather than once for each order.
    orderKeyFor(options)("");
    const state = await openState(path, options);
    const sent = await send(
      terminal,
      state,
      (stop, progress) =>
        sendFile({
          file,
          check,
          outbox: state.outbox,
          inFlight: state.inFlight,
          merchant: options,
          rate: options.rate,
          concurrency: options.concurrency,
          stop,
          progress,
        }),
      check.sendable,
    );
    terminal.sayJson({ file: path, ...shown(check), sent, state: state.place });
    saySent(terminal, sent, { check, named: state.named });
    process.exitCode = exitOf(sent);
  });

function HELP(): string {
  return `
Examples:
  $ avantlink-s2s backfill orders.csv
  $ avantlink-s2s backfill orders.csv --send --rate 20
  $ avantlink-s2s backfill orders.txt --format ndjson --send --skip-faulty --json

Without --send it is a dry run: the whole file is read and checked, and nothing leaves.

Killed or stopped, it goes on where it was when the same command is given again. What AvantLink refuses, and
what left without an answer, is kept and not sent again: see "outbox list --sqlite <file>.sent.db".

If the shop may have sent some of the orders itself, name its own outbox, which knows them:
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

/** Sends until done, or until Ctrl-C: then what is on its way is settled first. A second one does not wait for it. */
async function send(
  { note }: Terminal,
  state: SendState,
  work: (stop: AbortSignal, progress: (done: number) => void) => Promise<SendReport>,
  total: number,
): Promise<SendReport> {
  const stopping = new AbortController();
  const bar = showProgress("sending", total, "orders");
  function stop(): void {
    bar.stop();
    note("Stopping: what is on its way is waited for, some seconds at most. Ctrl-C again does not wait.");
    stopping.abort();
  }
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    return await work(stopping.signal, (done) => bar.update(done));
  } finally {
    bar.stop();
    process.off("SIGINT", stop).off("SIGTERM", stop);
    await state.close();
  }
}
