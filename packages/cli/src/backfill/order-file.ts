import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { extname } from "node:path";
import { CommandError, EXIT } from "../exit-codes.ts";
import { codeOf } from "../files/json-file.ts";
import { readCsvOrders } from "./csv-orders.ts";
import { onlyUtf8 } from "./encoding.ts";
import type { FileEntry } from "./file-entry.ts";
import { readNdjsonOrders } from "./ndjson-orders.ts";

/** A file of orders, read as often as needed, an order at a time. */
export interface OrderFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Columns that mean nothing here; CSV only, and known once a first entry was read. */
  readonly ignoredColumns: readonly string[];
  /** The orders in file order. `position` is told how many bytes were read so far. */
  entries(position?: (bytes: number) => void): AsyncIterable<FileEntry>;
}

/** Finds out what a file is by its name, or goes by what the user says. */
export async function openOrderFile(path: string, format: "csv" | "ndjson" | undefined): Promise<OrderFile> {
  const size = await sizeOf(path);
  const kind = format ?? formatOf(path);
  const ignoredColumns: string[] = [];
  return {
    path,
    size,
    ignoredColumns,
    entries(position = () => {}) {
      const bytes = createReadStream(path);
      bytes.on("data", () => position(bytes.bytesRead));
      return onlyUtf8(kind === "csv" ? readCsvOrders(bytes, ignoredColumns) : readNdjsonOrders(bytes));
    },
  };
}

function formatOf(path: string): "csv" | "ndjson" {
  const name = extname(path).toLowerCase();
  if (name === ".csv") return "csv";
  if (name === ".ndjson" || name === ".jsonl") return "ndjson";
  throw new CommandError(
    EXIT.usage,
    `${path} is neither .csv nor .ndjson.`,
    "Say what it is: --format csv or --format ndjson.",
  );
}

async function sizeOf(path: string): Promise<number> {
  try {
    const file = await open(path);
    const stats = await file.stat();
    await file.close();
    if (stats.isFile()) return stats.size;
  } catch (cause) {
    throw new CommandError(EXIT.unreachable, `${path} cannot be read (${codeOf(cause)}).`, "", cause);
  }
  throw new CommandError(EXIT.usage, `${path} is not a file; a backfill reads its file more than once.`);
}
