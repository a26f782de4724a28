import type { Readable } from "node:stream";
import type { Order, TrackingContext } from "@avantlink-s2s/core";
import { willInText } from "./consent.ts";
import { type CsvRow, LINE_COLUMNS, ORDER_COLUMNS, readCsvRows } from "./csv-rows.ts";
import type { FileEntry } from "./file-entry.ts";

/** The rows of one order, as far as they were read. */
interface OpenOrder {
  readonly number: string;
  readonly line: number;
  readonly records: Extract<CsvRow, { ok: true }>["record"][];
  /** The line of a row that belongs to it, or may, and has too many values or too few. */
  misshapen: number | undefined;
}

/** One row an item; the rows of an order stand together. `ignored` gets the columns that mean nothing here. */
export async function* readCsvOrders(bytes: Readable, ignored: string[]): AsyncGenerator<FileEntry> {
  let open: OpenOrder | undefined;
  let anybodys: number | undefined;
  for await (const row of readCsvRows(bytes, ignored)) {
    const { line } = row;
    if (!row.ok) {
      // The order that is open may go on behind it.
      const message = `cannot be read as CSV (${row.code}); nothing after it is known`;
      yield { ok: false, last: true, line, field: "row", message };
      return;
    }
    const number = row.record.order_number ?? "";
    if (!row.numberIsSure && number !== open?.number) {
      // It may belong to the order before it or to the one after it, either of which would be short of it.
      anybodys = line;
      if (open) open.misshapen ??= line;
      continue;
    }
    if (!open || (number !== "" && number !== open.number)) {
      if (open) yield entryOf(open);
      open = { number, line, records: [], misshapen: anybodys };
    }
    anybodys = undefined;
    open.records.push(row.record);
    if (!row.whole) open.misshapen ??= line;
  }
  if (open) yield entryOf(open);
  else if (anybodys !== undefined)
    yield { ok: false, line: anybodys, field: "row", message: misshapen(anybodys) };
}

function misshapen(line: number): string {
  return `the row in line ${line} has more or fewer values than there are columns`;
}

function entryOf({ line, number, records, misshapen: at }: OpenOrder): FileEntry {
  const fault = (field: string, message: string): FileEntry => ({
    ok: false,
    line,
    orderNumber: number,
    field,
    message,
  });
  if (at !== undefined) return fault("row", misshapen(at));
  const order: Record<string, string> = {};
  for (const record of records) {
    for (const column of ORDER_COLUMNS) {
      const value = record[column] ?? "";
      if (value === "") continue;
      if (order[column] !== undefined && order[column] !== value) {
        return fault(column, "differs between the rows of one order");
      }
      order[column] = value;
    }
  }
  const newCustomer = order.new_customer === undefined ? undefined : truth(order.new_customer);
  if (newCustomer === null) return fault("new_customer", "is neither true nor false");
  const said = willInText(order.consent);
  if (!said.ok) return fault(said.field, said.message);
  const built: Record<string, unknown> = {
    orderNumber: order.order_number,
    currency: order.currency,
    subtotal: order.subtotal,
    orderDiscount: order.order_discount,
    couponCodes: listIn(order.coupon_codes),
    customer: {
      newCustomer,
      country: order.country,
      region: order.region,
      state: order.state,
      id: order.customer_id,
    },
    // A row that names no item only carries the order.
    products: records
      .filter((record) => LINE_COLUMNS.some((column) => (record[column] ?? "") !== ""))
      .map((record) => ({
        sku: record.sku === "" ? undefined : record.sku,
        unitPrice: record.unit_price === "" ? undefined : record.unit_price,
        quantity: /^\d+$/.test(record.quantity ?? "") ? Number(record.quantity) : record.quantity,
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
    ...said.will,
  };
  // The mapper checks every field itself, whatever the file held.
  return { ok: true, line, order: built as unknown as Order, context: context as TrackingContext };
}

function listIn(text: string | undefined): readonly string[] {
  return (text ?? "").split("|").flatMap((part) => (part.trim() === "" ? [] : [part.trim()]));
}

function truth(text: string): boolean | null {
  if (/^(?:true|yes|1)$/i.test(text)) return true;
  return /^(?:false|no|0)$/i.test(text) ? false : null;
}
