import type { Readable } from "node:stream";
import type { Order, TrackingContext } from "@avantlink-s2s/core";
import { parse } from "csv-parse";
import type { FileEntry } from "./order-file.ts";

// What belongs to the order stands in each of its rows, or in the first one only.
const ORDER_COLUMNS = [
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
const LINE_COLUMNS = ["sku", "unit_price", "quantity"] as const;

type Column = (typeof ORDER_COLUMNS)[number] | (typeof LINE_COLUMNS)[number];
type Row = Readonly<Partial<Record<Column, string>>>;

interface Read {
  readonly record: Row;
  readonly info: { readonly lines: number };
}

/** One row an item; the rows of an order stand together. `ignored` gets the columns that mean nothing here. */
export async function* readCsvOrders(bytes: Readable, ignored: string[]): AsyncGenerator<FileEntry> {
  const known: ReadonlySet<string> = new Set([...ORDER_COLUMNS, ...LINE_COLUMNS]);
  const rows = parse({
    bom: true,
    info: true,
    trim: true,
    skip_empty_lines: true,
    columns(header: string[]) {
      const names = header.map((name) =>
        name
          .trim()
          .toLowerCase()
          .replace(/[\s-]+/g, "_"),
      );
      ignored.splice(0, ignored.length, ...header.filter((_, index) => !known.has(names[index] ?? "")));
      return names;
    },
  });
  bytes.on("error", (error) => rows.destroy(error));
  bytes.pipe(rows);

  let together: Read[] = [];
  try {
    for await (const read of rows as AsyncIterable<Read>) {
      const number = read.record.order_number ?? "";
      const [first] = together;
      if (first && number !== "" && number !== first.record.order_number) {
        yield entryOf(together);
        together = [];
      }
      together.push(read);
    }
  } catch (cause) {
    if (!isCsvFault(cause)) throw cause;
    if (together.length > 0) yield entryOf(together);
    yield {
      ok: false,
      line: cause.lines,
      field: "row",
      message: `cannot be read as CSV (${cause.code}); nothing after it was read`,
    };
    return;
  } finally {
    bytes.destroy();
  }
  if (together.length > 0) yield entryOf(together);
}

function entryOf(rows: readonly Read[]): FileEntry {
  const line = rows[0]?.info.lines ?? 0;
  const order: Record<string, string> = {};
  for (const { record } of rows) {
    for (const column of ORDER_COLUMNS) {
      const value = record[column] ?? "";
      if (value === "") continue;
      if (order[column] !== undefined && order[column] !== value) {
        return { ok: false, line, field: column, message: "differs between the rows of one order" };
      }
      order[column] = value;
    }
  }
  const newCustomer = order.new_customer === undefined ? undefined : truth(order.new_customer);
  if (newCustomer === null) {
    return { ok: false, line, field: "new_customer", message: "is neither true nor false" };
  }
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
    products: rows
      .filter(({ record }) => LINE_COLUMNS.some((column) => (record[column] ?? "") !== ""))
      .map(({ record }) => ({
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
    consent: order.consent,
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

function isCsvFault(cause: unknown): cause is { readonly code: string; readonly lines: number } {
  return (
    typeof cause === "object" &&
    cause !== null &&
    "code" in cause &&
    String(cause.code).startsWith("CSV_") &&
    "lines" in cause
  );
}
