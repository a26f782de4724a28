import { Option } from "@commander-js/extra-typings";
import { stringify } from "csv-stringify/sync";
import { writeText } from "../../files/write-file.ts";
import { orderKeyFor } from "../../options/merchant-options.ts";
import { BATCH_SALES_COLUMNS, batchSalesRows, type LeftOut } from "../../outbox/batch-sales.ts";
import { letters, orderIn } from "../../outbox/dead-letters.ts";
import { harmless } from "../../terminal/terminal.ts";
import { counted } from "../../terminal/wording.ts";
import { commandOnOutbox, onOutbox } from "../on-outbox.ts";

const LEFT_OUT: Readonly<Record<LeftOut, (count: number, same: string) => string>> = {
  "not-an-order-yet": (count, same) =>
    `${counted(count, "invalid order was", "invalid orders were")} left out. Fix each: avantlink-s2s outbox retry ORDER${same} --with order.json`,
  "no-click-and-no-coupon": (count) =>
    `${counted(count, "order")} left out: no click and no coupon, so no affiliate is owed anything.`,
  "other-merchant": (count) =>
    `${counted(count, "order")} of another merchant left out. To export them, name that merchant: --merchant UUID`,
};

/** `outbox export` */
export const exportCommand = commandOnOutbox(
  "outbox export",
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
  .action(
    onOutbox(async ({ outbox, same, terminal: { note, sayJson } }, options) => {
      const keyOf = options.merchant?.trim() ? orderKeyFor(options) : undefined;
      const leftOut = new Map<LeftOut, number>();
      const currencies = new Map<string, number>();
      const rows: object[] = [];
      let orders = 0;
      let severalCoupons = 0;
      for await (const letter of letters(outbox)) {
        const found = batchSalesRows(letter, options.per, keyOf);
        if (typeof found === "string") {
          leftOut.set(found, (leftOut.get(found) ?? 0) + 1);
          continue;
        }
        orders += 1;
        const { currency, couponCodes = [] } = orderIn(letter);
        currencies.set(currency, (currencies.get(currency) ?? 0) + 1);
        if (couponCodes.length > 1) severalCoupons += 1;
        rows.push(...found);
      }
      // A cell that begins with =, +, - or @ would be a formula in a spreadsheet.
      const csv = stringify(rows, { header: true, columns: [...BATCH_SALES_COLUMNS], escape_formulas: true });
      if (options.out === undefined) process.stdout.write(csv);
      else {
        await writeText(options.out, csv, options.force === true, "Add --force to overwrite the file.");
        sayJson({ orders, leftOut: Object.fromEntries(leftOut), currencies: Object.fromEntries(currencies) });
      }
      note(`${counted(orders, "order")} exported.`);
      if (orders > 0)
        note("Remove them from the outbox once AvantLink has the file, or they may be sent twice.");
      for (const [reason, count] of leftOut) note(LEFT_OUT[reason](count, same));
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
