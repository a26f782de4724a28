import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { extname } from "node:path";
import { CommandError, EXIT } from "../exit.ts";
import type { GivenOrder } from "../given-order.ts";
import { codeOf } from "../json-file.ts";
import { readCsvOrders } from "./csv-orders.ts";
import { onlyUtf8 } from "./encoding.ts";
import { readNdjsonOrders } from "./ndjson-orders.ts";

/** One order of a file, or what is wrong with the place where one should stand. */
export type FileEntry = { readonly line: number } & (
  | ({ readonly ok: true } & GivenOrder)
  | {
      readonly ok: false;
      /** As it stands there, if it could be read. */
      readonly orderNumber?: unknown;
      readonly field: string;
      readonly message: string;
      /** Nothing can be read from here on, so that nobody knows what else the file holds. */
      readonly last?: true;
    }
);

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
