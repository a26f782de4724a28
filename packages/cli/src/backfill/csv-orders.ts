import type { Order, TrackingContext } from "@avantlink-s2s/core";
import { wireOrderNumber } from "@avantlink-s2s/core/adapter";
import type { Problem } from "../terminal/problems.ts";
import { type Column, KNOWN_COLUMNS, LINE_COLUMNS, ORDER_COLUMNS } from "./column-names.ts";
import { consentInText } from "./consent.ts";
import type { ColumnOptions, Columns } from "./csv-columns.ts";
import type { CsvDialect } from "./csv-dialect.ts";
import { type CsvRow, readCsvRows } from "./csv-rows.ts";
import { entryOf, type FileEntry, faultyEntry } from "./file-entry.ts";
import type { PlatformColumn } from "./platform-exports.ts";
import { spoiltCell } from "./spoilt-values.ts";

/** How the orders of a CSV file are read. */
export interface CsvReading {
  readonly dialect: CsvDialect;
  readonly columns: Columns;
  readonly currency: ColumnOptions["currency"];
}

type OrderRow = CsvRow<Column | PlatformColumn>;

/** The rows of one order, as far as they were read. */
interface OpenOrder {
  readonly number: string;
  readonly line: number;
  readonly rows: OrderRow[];
  /** What is wrong with a row that belongs to the order, or may. */
  fault: string | undefined;
}

/** One row an item; the rows of an order stand together, and each has the order number. */
export async function* readCsvOrders(
  text: AsyncIterable<string>,
  reading: CsvReading,
): AsyncGenerator<FileEntry> {
  const { dialect, columns } = reading;
  let open: OpenOrder | undefined;
  // A row without a certain order number may belong to the order before it or to the order after it.
  let stray: string | undefined;
  for await (const row of readCsvRows(text, dialect, columns.names)) {
    if (row.kind === "faulty") return yield row;
    const number = row.cells.order_number ?? "";
    if (number === "") {
      stray = `stands beside the row in line ${row.line}, which has no order number and may belong to it`;
      if (open) open.fault ??= stray;
      const message = row.fault ?? "is blank. Write the order number in every row of the order";
      yield faultyEntry(row.line, "order_number", message);
      continue;
    }
    // A separator too many moves only the cells to the right of it.
    const numberIsSure = row.fault === undefined || columns.names[0] === "order_number";
    if (!numberIsSure && number !== open?.number) {
      stray = row.fault;
      if (open) open.fault ??= stray;
      continue;
    }
    if (!open || number !== open.number) {
      if (open) yield entryIn(open, reading);
      open = { number, line: row.line, rows: [], fault: stray };
    }
    stray = undefined;
    open.rows.push(row);
    open.fault ??= row.fault;
  }
  if (open) yield entryIn(open, reading);
  else if (stray !== undefined) yield faultyEntry(dialect.headerLine + 1, "row", stray);
}

function entryIn(open: OpenOrder, { columns: { names, platform }, currency }: CsvReading): FileEntry {
  const { line, number, rows, fault } = open;
  const faulty = (field: string, message: string, at = line) => faultyEntry(at, field, message, number);
  if (fault !== undefined) return faulty("row", fault);
  for (const { cells, line: at } of rows) {
    for (const column of KNOWN_COLUMNS) {
      const spoilt = spoiltCell(cells[column] ?? "");
      if (spoilt !== undefined) return faulty(column, spoilt, at);
    }
  }
  const twin = identicalRow(rows);
  if (twin !== undefined) return faulty("row", twin.message, twin.line);
  const order: Partial<Record<string, string>> = {};
  for (const { cells, line: at } of rows) {
    for (const column of [...ORDER_COLUMNS, ...PLATFORM_COLUMNS]) {
      const value = cells[column];
      if (value === undefined) continue;
      if (order[column] !== undefined && order[column] !== value)
        return faulty(column, "differs from another row of the same order. Correct one of them", at);
      order[column] = value;
    }
  }
  if (platform && !platform.isPaid(order))
    return {
      kind: "unpaid",
      line,
      orderNumber: wireOrderNumber(number),
      problems: [],
      isReturned: platform.isReturned(order),
    };
  const newCustomer = order.new_customer === undefined ? undefined : truth(order.new_customer);
  if (newCustomer === null) return faulty("new_customer", "is neither true nor false");
  const consent = consentInText(order.consent);
  if (consent.status === "unclear") return faulty(consent.field, consent.message);
  // A row without an item only describes the order.
  const items = rows.filter(({ cells }) => LINE_COLUMNS.some((column) => cells[column] !== undefined));
  // The mapper leaves such a line out, and the order would be sent for less.
  const uncounted = items.find(({ cells: { quantity = "" } }) => !/^\d+(?:\.0+)?$/.test(quantity));
  if (uncounted && names.includes("quantity"))
    return faulty("quantity", "is no whole number such as 2", uncounted.line);
  const lines = items.map(({ cells }) => cells);
  const priced = platform?.priced(order, lines) ?? { discount: order.order_discount, lines };
  if (typeof priced === "string") return faulty("order", priced);
  const codes = listIn(platform ? order.coupon_codes?.replaceAll(",", "|") : order.coupon_codes);
  const hasWords = platform?.hasStaffsWords && /\s/.test(order.coupon_codes ?? "");
  const couponCodes = hasWords ? codes.filter(isCode) : codes;
  const built: Record<string, unknown> = {
    orderNumber: number,
    currency: order.currency ?? currency,
    subtotal: order.subtotal,
    orderDiscount: priced.discount,
    couponCodes,
    customer: {
      newCustomer,
      country: order.country,
      region: order.region,
      state: order.state,
      id: order.customer_id,
    },
    products: priced.lines.map(({ sku, unit_price, quantity }) => ({
      sku,
      unitPrice: unit_price,
      quantity: quantity === undefined ? "" : Number(quantity),
    })),
  };
  const context: Record<string, unknown> = {
    currentUrl: order.current_url,
    referrerUrl: order.referrer_url,
    userAgent: order.user_agent,
    ipAddress: order.ip_address,
    avad: order.avad,
    visitorIds: listIn(order.visitor_id),
    userIds: listIn(order.user_id),
    googleClickId: order.google_click_id,
    customTrackingCode: order.custom_tracking_code,
    ...consent.stated,
  };
  // The mapper checks every field, whatever the file contains.
  const entry = entryOf(line, { order: built as unknown as Order, context: context as TrackingContext });
  return couponCodes.length < codes.length
    ? { ...entry, problems: [...entry.problems, STAFFS_WORDS] }
    : entry;
}

const STAFFS_WORDS: Problem = {
  severity: "warning",
  field: "coupon_codes",
  rule: "order.coupons-invalid",
  message:
    "may hold what staff wrote about a discount; where it has blanks, only a code in capitals or with a digit is sent",
};

const isCode = (text: string) => !/\s/.test(text) && /\d|^[\p{Lu}_-]+$/u.test(text);

const PLATFORM_COLUMNS = ["status", "canceled_at", "total", "shipping", "taxes"] as const;

function identicalRow(
  rows: readonly OrderRow[],
): { readonly line: number; readonly message: string } | undefined {
  const lines = new Map<string, number>();
  for (const { text, line } of rows) {
    const first = lines.get(text);
    if (first !== undefined) {
      const message = `is identical to line ${first}. If the order has the item twice, write one row with the sum of the quantities; otherwise remove one row`;
      return { line, message };
    }
    lines.set(text, line);
  }
  return undefined;
}

function listIn(text: string | undefined): readonly string[] {
  return (text ?? "").split("|").flatMap((part) => (part.trim() === "" ? [] : [part.trim()]));
}

function truth(text: string): boolean | null {
  if (/^(?:true|yes|1|new)$/i.test(text)) return true;
  return /^(?:false|no|0|returning)$/i.test(text) ? false : null;
}
