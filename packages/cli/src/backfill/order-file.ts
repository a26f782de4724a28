import { createReadStream, createWriteStream, fstatSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { CommandError, EXIT } from "../exit-codes.ts";
import { decodeText } from "../files/decode-text.ts";
import { cannotRead, requireLines, textOf } from "../files/read-file.ts";
import { type ColumnOptions, readColumns } from "./csv-columns.ts";
import { readDialect } from "./csv-dialect.ts";
import { readCsvOrders } from "./csv-orders.ts";
import type { FileEntry } from "./file-entry.ts";
import { readNdjsonOrders } from "./ndjson-orders.ts";

// Room for the longest header.
const START_BYTES = 65_536;

/** A file of orders, read as often as needed, one order at a time. */
export interface OrderFile {
  /** In bytes. */
  readonly size: number;
  /** The titles of columns that are not used; none in NDJSON. */
  readonly ignoredColumns: readonly string[];
  /** The platform whose own export this is. */
  readonly platform: string | undefined;
  /** The orders in file order. `position` receives the number of bytes that were read. */
  entries(position?: (bytes: number) => void): AsyncIterable<FileEntry>;
}

/** How a file is read. */
export interface OrderFileOptions extends ColumnOptions {
  /** @default NDJSON if the file begins with a brace, otherwise CSV */
  readonly format?: "csv" | "ndjson" | undefined;
}

/**
 * Opens a file of orders, or stdin for `-`.
 * @throws CommandError if the file can't be read, is empty, or has a header that leaves a question open
 */
export async function openOrderFile(given: string, options: OrderFileOptions): Promise<OrderFile> {
  const copy = given === "-" ? await copyOfStdin() : undefined;
  const stats = copy === undefined ? await statsOf(given) : fstatSync(copy);
  if (!stats.isFile()) throw new CommandError(EXIT.usage, `${given} is not a file.`);
  // `start` lets each stream read the copy from its beginning.
  const bytesOf = (end?: number) =>
    createReadStream(given, copy === undefined ? { end } : { fd: copy, autoClose: false, start: 0, end });
  const start = await textOf(bytesOf(START_BYTES - 1), given);
  requireLines(start, given, "order");
  const read = readerOf(start, options);
  return {
    size: stats.size,
    ignoredColumns: read.ignored,
    platform: read.platform,
    entries(position = () => {}) {
      const bytes = bytesOf();
      bytes.on("data", () => position(bytes.bytesRead));
      return read.orders(decodeText(bytes));
    },
  };
}

function readerOf(start: string, { format, ...options }: OrderFileOptions) {
  const isNdjson = format === undefined ? /^\s*\{/.test(start) : format === "ndjson";
  if (isNdjson) return { ignored: [], platform: undefined, orders: readNdjsonOrders };
  const dialect = readDialect(start);
  const columns = readColumns(dialect.header, dialect.headerLine, options);
  const reading = { dialect, columns, currency: options.currency };
  return {
    ignored: columns.ignored,
    platform: columns.platform?.name,
    orders: (text: AsyncIterable<string>) => readCsvOrders(text, reading),
  };
}

function statsOf(path: string) {
  return stat(path).catch((cause: unknown) => {
    throw cannotRead(path, cause);
  });
}

/**
 * A file is read twice: checked, then sent. What comes by a pipe is kept in a file that is removed while it is open, so
 * that nothing is left of it however the process ends. Returns its descriptor.
 */
async function copyOfStdin(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "avantlink-backfill-"));
  const path = join(folder, "orders");
  const copy = openSync(path, "wx+", 0o600);
  rmSync(folder, { recursive: true, force: true });
  await pipeline(process.stdin, createWriteStream(path, { fd: copy, autoClose: false }));
  return copy;
}
