import { open } from "node:fs/promises";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Option } from "@commander-js/extra-typings";
import { stringify } from "csv-stringify";
import { CommandError, EXIT } from "../../exit-codes.ts";
import { codeOf, reasonOf } from "../../files/read-file.ts";
import {
  BATCH_SALES_COLUMNS,
  batchSalesRows,
  currencyAndCoupons,
  type LeftOut,
} from "../../outbox/batch-sales.ts";
import { letters } from "../../outbox/dead-letters.ts";
import { withOutbox } from "../../outbox/open-outbox.ts";
import { harmless, openTerminal } from "../../terminal/terminal.ts";
import { counted } from "../../terminal/wording.ts";
import { onAnOutbox } from "./on-an-outbox.ts";

const LEFT_OUT: Readonly<Record<LeftOut, (count: number) => string>> = {
  "not-an-order-yet": (count) =>
    `${counted(count, "invalid order was", "invalid orders were")} left out. Fix each: avantlink-s2s outbox retry ORDER --with order.json`,
  "no-click-and-no-coupon": (count) =>
    `${counted(count, "order")} left out: no click and no coupon, so no affiliate is owed anything.`,
};

/** `outbox export` */
export const exportCommand = onAnOutbox(
  "export",
  "the dead letters as AvantLink's batch-sales CSV, on stdout or in a file",
  ["--sqlite data/orders.db --out sales.csv", "--sqlite data/orders.db --per order"],
)
  .option("--out <file>", "write this file instead of stdout")
  .option("--force", "overwrite the file")
  .addOption(
    new Option("--per <row>", "a row an item (item-based commission), or a row an order")
      .choices(["item", "order"] as const)
      .default("item" as const),
  )
  .action((options) =>
    withOutbox(options, async (outbox) => {
      const { note, sayJson } = openTerminal({ json: options.json === true && options.out !== undefined });
      const leftOut = new Map<LeftOut, number>();
      const currencies = new Map<string, number>();
      let orders = 0;
      let severalCoupons = 0;
      async function* rows() {
        for await (const letter of letters(outbox)) {
          const found = batchSalesRows(letter, options.per === "order" ? "order" : "item");
          if (typeof found === "string") {
            leftOut.set(found, (leftOut.get(found) ?? 0) + 1);
            continue;
          }
          orders += 1;
          const { currency, coupons } = currencyAndCoupons(letter);
          currencies.set(currency, (currencies.get(currency) ?? 0) + 1);
          if (coupons > 1) severalCoupons += 1;
          yield* found;
        }
      }
      const out =
        options.out === undefined ? process.stdout : await newFile(options.out, options.force === true);
      // A cell that begins with =, +, - or @ would be a formula in a spreadsheet.
      const csv = stringify({ header: true, columns: [...BATCH_SALES_COLUMNS], escape_formulas: true });
      await pipeline(rows, csv, out, { end: options.out !== undefined });
      sayJson({ orders, leftOut: Object.fromEntries(leftOut), currencies: Object.fromEntries(currencies) });
      note(`${counted(orders, "order")} exported.`);
      if (orders > 0)
        note("Remove them from the outbox once AvantLink has the file, or they may be sent twice.");
      for (const [reason, count] of leftOut) note(LEFT_OUT[reason](count));
      if (currencies.size > 1) {
        note(
          `The orders have several currencies (${[...currencies.keys()].map(harmless).join(", ")}). AvantLink reads all amounts in its network's own.`,
        );
      }
      if (severalCoupons > 0)
        note(
          `${counted(severalCoupons, "order has", "orders have")} several coupon codes; the file has room for the first one.`,
        );
    }),
  );

async function newFile(path: string, overwrite: boolean): Promise<Writable> {
  const file = await open(path, overwrite ? "w" : "wx", 0o600).catch((cause: unknown) => {
    if (codeOf(cause) === "EEXIST")
      throw new CommandError(
        EXIT.usage,
        `${path} exists already.`,
        "Add --force to overwrite the file.",
        cause,
      );
    throw new CommandError(EXIT.unreachable, `Can't write ${path}: ${reasonOf(cause)}.`, "", cause);
  });
  return file.createWriteStream();
}
