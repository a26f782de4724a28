import { Option } from "@commander-js/extra-typings";
import { checkFile } from "../backfill/check.ts";
import { openOrderFile } from "../backfill/order-file.ts";
import { sayFaults } from "../backfill/report.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { daysOf, timeZoneOption } from "../options/days.ts";
import { orderKeyFor } from "../options/merchant-options.ts";
import { durationOption, wholeNumber } from "../options/numbers.ts";
import { currencyOption, fileArgument, formatOption, mapOption } from "../options/order-file-options.ts";
import { reconcile } from "../reconcile/compare.ts";
import { reconcileExit, reconcileJson, sayReconciliation } from "../reconcile/report.ts";
import { commandOnOutbox, onOutbox } from "./on-outbox.ts";

/** `reconcile`: the shop's orders of a day beside what its outbox delivered. */
export const reconcileCommand = commandOnOutbox(
  "reconcile",
  "compares a file of a day's orders with what the outbox delivered; changes nothing",
  [
    "orders.csv --date yesterday --time-zone America/New_York --sqlite data/orders.db",
    "orders.ndjson --from 2026-11-23 --to 2026-11-29 --postgres postgres://localhost/shop --json",
  ],
  `It ends with 1 if an order is missing, extra, dead, removed or has another amount, with 3 if orders only wait. It cannot
know what AvantLink did with an order, nor the number of an extra order, of which the outbox keeps a key only.`,
)
  .addArgument(fileArgument)
  .addOption(formatOption)
  .addOption(mapOption)
  .addOption(currencyOption)
  .option("--date <day>", "the day of the file's orders, to find extra ones: 2026-11-28, today or yesterday")
  .option("--from <day>", "the first day, or a time with its offset")
  .option("--to <day>", "the last day, or a time with its offset that is not part of it")
  .addOption(timeZoneOption)
  .addOption(
    durationOption(
      "--margin <duration>",
      "an extra order that was accepted so soon may be of the day before",
      "15m",
    ),
  )
  .option("--allow-missing <number>", "so many missing orders are no failure", wholeNumber(0), 0)
  .addOption(
    new Option("--when-denied <behavior>", "what the tracker's option whenDenied says")
      .choices(["skip", "anonymous"] as const)
      .default("skip" as const),
  )
  .action(
    onOutbox(async ({ outbox, terminal }, path, options) => {
      const days = daysOf(options);
      const file = await openOrderFile(path, options);
      const check = await checkFile(file, () => {});
      sayFaults(terminal, check);
      if (check.unreadableFrom !== undefined) {
        const message = `${path} can't be read beyond line ${check.unreadableFrom}.`;
        throw new CommandError(EXIT.wrong, message, "Correct the file there.");
      }
      const keyOf = orderKeyFor(options);
      const { margin: marginMs, whenDenied } = options;
      const found = await reconcile({ file, check, outbox, days, keyOf, whenDenied, marginMs });
      const summary = { ...found, check, days, allowMissing: options.allowMissing };
      terminal.sayJson(reconcileJson(summary));
      sayReconciliation(terminal, summary);
      process.exitCode = reconcileExit(summary);
    }),
  );
