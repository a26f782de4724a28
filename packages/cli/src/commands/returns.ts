import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { EXIT } from "../exit-codes.ts";
import { readText, requireLines } from "../files/read-file.ts";
import { type DayOptions, dayOf, daysOf, timeZoneOption } from "../options/days.ts";
import { orderKeyFor } from "../options/merchant-options.ts";
import { REFUNDS_OF, readRefunds } from "../returns/refund-file.ts";
import { returnFile, returnsInFiles, returnText, writeReturns } from "../returns/return-files.ts";
import { type DatedRefund, LISTED, planReturns, type ReturnRow } from "../returns/return-rows.ts";
import { sayProblems } from "../terminal/problems.ts";
import { harmless, type Terminal } from "../terminal/terminal.ts";
import { counted } from "../terminal/wording.ts";
import { commandOnOutbox, onOutbox } from "./on-outbox.ts";

/** `returns`: AvantLink's batch file of returns, from the shop's refunds. */
export const returnsCommand = commandOnOutbox(
  "returns",
  "makes AvantLink's batch return files of the shop's refunds, one a day; sends nothing",
  [
    "refunds.csv --merchant-number 12345 --network USD --sqlite data/orders.db",
    "orders.ndjson --platform shopify --merchant-number 12345 --network CAD --per item --date yesterday",
  ],
  `Upload the files in AvantLink's Transaction Manager. They may hold only orders that AvantLink credited, which this
command can't know: compare with AvantLink's report.`,
)
  .argument("<file>", "refunds as CSV or NDJSON, or a platform's own objects as NDJSON; - for stdin")
  .addOption(
    new Option("--platform <name>", "the platform whose own objects the file holds").choices(
      Object.keys(REFUNDS_OF),
    ),
  )
  .addOption(
    new Option("--merchant-number <number>", "AvantLink's merchant number, which is not the UUID")
      .env("AVANTLINK_MERCHANT_NUMBER")
      .argParser(merchantNumber)
      .makeOptionMandatory(),
  )
  .addOption(
    new Option("--network <currency>", "the currency of the merchant's network")
      .choices(["USD", "CAD", "AUD"] as const)
      .makeOptionMandatory(),
  )
  .addOption(
    new Option("--per <row>", "a row an item (item-based commission), or a row an order")
      .choices(["item", "order"] as const)
      .default("order" as const),
  )
  .option("--out <folder>", "where the files are written", ".")
  .option("--force", "overwrite files of these days")
  .option("--currency <code>", "the currency of every refund, for a file that names none")
  .option("--date <day>", "only refunds of this day: 2026-11-28, today or yesterday")
  .option("--from <day>", "only refunds of this day and later, with --to")
  .option("--to <day>", "only refunds up to this day, with --from")
  .addOption(timeZoneOption)
  .action(
    onOutbox(async ({ outbox, terminal }, path, options) => {
      const text = await readText(path);
      requireLines(text, path, "refund");
      const { refunds, problems } = await readRefunds(text, options.platform, options.currency);
      sayProblems(terminal, problems);
      const keyOf = orderKeyFor(options);
      const [first, last] = daysBetween(options);
      const dated: DatedRefund[] = [];
      for (const refund of refunds) {
        const record = await outbox.find(keyOf(refund.orderNumber));
        const day = dayIn(refund.refundedAt, options.timeZone);
        const orderDay = dayOf(record?.acceptedAt ?? 0, options.timeZone);
        if (day <= last) dated.push({ ...refund, day, record, orderDay });
      }
      const asked = new Set(dated.flatMap(({ day }) => (day < first ? [] : [day])).sort());
      const there = await returnsInFiles(options.out, options.merchantNumber, asked);
      // What an earlier day returned is known from its file: the input may hold a part of that day only.
      const open = dated.filter(({ day }) => asked.has(day) || !there.has(day));
      const isNew = (day: string) => options.force === true || !there.has(day);
      const plan = planReturns(open, [...there.values()].flat(), { ...options, isNew });
      const made = [...asked].flatMap((day) => {
        const rows = plan.rows.get(day) ?? [];
        if (rows.length === 0 && !there.has(day)) return [];
        const file = returnFile(options.out, options.merchantNumber, day);
        return [{ file, day, rows: rows.length, text: returnText(rows) }];
      });
      const written = await writeReturns(made, options.force === true);
      const files = made.map(({ text: _, ...one }) => ({ ...one, written: written.has(one.file) }));
      const listed = plan.listed.filter(({ day }) => day >= first);
      const faulty = problems.filter(({ severity }) => severity === "error").length;
      terminal.sayJson({ files, listed, faulty, problems });
      for (const { file, rows, written } of files)
        terminal.say(`${file}: ${counted(rows, "row")}${written ? "" : ", unchanged"}`);
      if (files.length === 0) terminal.say("There is nothing to return.");
      terminal.sayTable(
        ["order", "day", "line", "not written, or not wholly"],
        listed.map((one) => [harmless(one.orderNumber), one.day, `${one.line}`, LISTED[one.reason]]),
      );
      sayAboutRows(terminal, plan.rows.values());
      if (faulty > 0) process.exitCode = EXIT.wrong;
    }),
  );

function merchantNumber(text: string): string {
  if (/^[1-9]\d{0,9}$/.test(text)) return text;
  throw new InvalidArgumentError(
    "AvantLink has two numbers for a merchant: a UUID for server-to-server calls, and a merchant number of 4 to 6 digits. A return file holds the merchant number.",
  );
}

/** The first and the last day that is asked for. */
function daysBetween(options: DayOptions): readonly [string, string] {
  const days = daysOf(options);
  return days ? [dayOf(days.from, days.timeZone), dayOf(days.until - 1, days.timeZone)] : ["", "9999-12-31"];
}

function dayIn(time: string, timeZone: string | undefined): string {
  return time.includes("T") ? dayOf(Date.parse(time), timeZone) : time;
}

/** What a person should know before the upload. */
function sayAboutRows({ note }: Terminal, rows: Iterable<readonly ReturnRow[]>): void {
  const cells = [...rows].flat();
  if (cells.length === 0) return;
  note("The files may hold only orders that AvantLink credited: compare them with AvantLink's report.");
  const formulas = cells.filter(([, number, sku]) => [number, sku].some((cell) => /^[=+@-]/.test(cell)));
  if (formulas.length > 0)
    note(
      `${counted(formulas.length, "row has", "rows have")} an order number or SKU that a spreadsheet would compute, such as =A1. It is written as it is, because AvantLink compares it: do not open and save the file in a spreadsheet.`,
    );
}
