import type { Readable } from "node:stream";
import { parse } from "csv-parse";

/** What belongs to the order; it stands in each of its rows, or in one of them only. */
export const ORDER_COLUMNS = [
  "order_number",
  "currency",
  "subtotal",
  "order_discount",
  "coupon_codes",
  "new_customer",
  "country",
  "region",
  "state",
  "customer_id",
  "avad",
  "visitor_id",
  "user_id",
  "current_url",
  "referrer_url",
  "user_agent",
  "ip_address",
  "google_click_id",
  "custom_tracking_code",
  "consent",
] as const;
/** What belongs to an item. */
export const LINE_COLUMNS = ["sku", "unit_price", "quantity"] as const;

type Column = (typeof ORDER_COLUMNS)[number] | (typeof LINE_COLUMNS)[number];

/** A row by the names of its columns, or the place from which on nothing can be read. */
export type CsvRow = { readonly line: number } & (
  | {
      readonly ok: true;
      readonly record: Readonly<Partial<Record<Column, string>>>;
      /** Whether it has a value for each column. If not, its values may stand in the wrong ones. */
      readonly whole: boolean;
      /** Whether the order number is the one that was written. */
      readonly numberIsSure: boolean;
    }
  | { readonly ok: false; readonly code: string }
);

interface Read {
  readonly record: Partial<Record<Column, string>>;
  readonly info: { readonly lines: number; readonly error?: unknown };
}

/**
 * The rows under the header. `ignored` gets the columns that mean nothing here. After a row that is not `ok` comes
 * no other, and some before it are missing: the parser drops what it has read ahead.
 */
export async function* readCsvRows(bytes: Readable, ignored: string[]): AsyncGenerator<CsvRow> {
  const known: ReadonlySet<string> = new Set([...ORDER_COLUMNS, ...LINE_COLUMNS]);
  let numberIsFirst = false;
  // The parser's own errors name the end of the file where a quote is not closed.
  let readTo = 0;
  const rows = parse({
    bom: true,
    info: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    columns(header: string[]) {
      const names = header.map((name) =>
        name
          .trim()
          .toLowerCase()
          .replace(/[\s-]+/g, "_"),
      );
      ignored.splice(0, ignored.length, ...header.filter((_, index) => !known.has(names[index] ?? "")));
      readTo = 1;
      numberIsFirst = names[0] === "order_number";
      return names;
    },
    on_record(row, { lines }) {
      readTo = lines;
      return row;
    },
  });
  bytes.on("error", (error) => rows.destroy(error));
  bytes.pipe(rows);
  try {
    for await (const { record, info } of rows as AsyncIterable<Read>) {
      const whole = info.error === undefined;
      // A comma too many moves what stands behind it.
      yield { ok: true, line: info.lines, record, whole, numberIsSure: whole || numberIsFirst };
    }
  } catch (cause) {
    if (!isCsvFault(cause)) throw cause;
    yield { ok: false, line: readTo + 1, code: cause.code };
  } finally {
    bytes.destroy();
  }
}

function isCsvFault(cause: unknown): cause is { readonly code: string } {
  return (
    typeof cause === "object" && cause !== null && "code" in cause && String(cause.code).startsWith("CSV_")
  );
}
