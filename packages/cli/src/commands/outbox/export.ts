import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { Option } from "@commander-js/extra-typings";
import { stringify } from "csv-stringify";
import {
  BATCH_SALES_COLUMNS,
  batchSalesRows,
  currencyAndCoupons,
  type LeftOut,
} from "../../outbox/batch-sales.ts";
import { letters } from "../../outbox/dead-letters.ts";
import { withOutbox } from "../../outbox/open-outbox.ts";
import { harmless, openTerminal } from "../../terminal/terminal.ts";
import { onAnOutbox } from "./on-an-outbox.ts";

const LEFT_OUT: Readonly<Record<LeftOut, string>> = {
  "not-an-order-yet": "could not become an order for AvantLink; correct them (retry ID --with FILE)",
  "no-click-and-no-coupon": "came by no click and used no coupon: nobody is to be paid for them",
};

/** `outbox export` */
export const exportCommand = onAnOutbox(
  "export",
  "the undelivered orders as AvantLink's batch-sales CSV, on stdout or in a file",
  ["--sqlite data/orders.db --out sales.csv", "--sqlite data/orders.db --per order"],
)
  .option("--out <file>", "write the file instead of stdout")
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
        options.out === undefined ? process.stdout : createWriteStream(options.out, { mode: 0o600 });
      const csv = stringify({ header: true, columns: [...BATCH_SALES_COLUMNS] });
      await pipeline(rows, csv, out, { end: options.out !== undefined });
      sayJson({ orders, leftOut: Object.fromEntries(leftOut), currencies: Object.fromEntries(currencies) });
      note(
        `${orders} orders. Remove them here once AvantLink has taken the file, or they may be sent twice.`,
      );
      for (const [why, count] of leftOut) note(`${count} left out: they ${LEFT_OUT[why]}.`);
      if (currencies.size > 1)
        note(
          `Several currencies (${[...currencies.keys()].map(harmless).join(", ")}); AvantLink reads all as its network's own.`,
        );
      if (severalCoupons > 0)
        note(`${severalCoupons} with several coupon codes: the file has room for the first one.`);
    }),
  );
