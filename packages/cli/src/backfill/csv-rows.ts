import { Readable } from "node:stream";
import { parse } from "csv-parse";
import type { Columns } from "./csv-columns.ts";
import type { CsvDialect } from "./csv-dialect.ts";
import { type FaultyEntry, faultyEntry } from "./file-entry.ts";
import type { OrderCells } from "./platform-exports.ts";

/** A row below the header. */
export interface CsvRow {
  readonly kind: "row";
  readonly line: number;
  readonly cells: OrderCells;
  /** All cells as one text, to compare rows. */
  readonly text: string;
  /** How many cells there are; another number than the header's may have moved cells into other columns. */
  readonly count: number;
  /** Whether `order_number` is certain to be the order number. */
  readonly numberIsSure: boolean;
}

/**
 * The rows below the header. A faulty entry ends them where nothing more can be read; some rows before it are missing then,
 * because the parser drops what it read ahead.
 */
export async function* readCsvRows(
  text: AsyncIterable<string>,
  { separator, headerLine, header }: CsvDialect,
  { names }: Columns,
): AsyncGenerator<CsvRow | FaultyEntry> {
  // The parser reports an unclosed quote at the end of the file. The quote is below the last line that was read.
  let lastLine = headerLine as number;
  const source = Readable.from(text);
  const rows = parse({
    delimiter: separator,
    from_line: headerLine + 1,
    info: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    on_record(record: string[], { lines }) {
      lastLine = lines;
      return record;
    },
  });
  source.on("error", (error) => rows.destroy(error));
  source.pipe(rows);
  try {
    for await (const { record, info } of rows as AsyncIterable<ParsedRow>) {
      const cells: Record<string, string> = {};
      for (const [index, name] of names.entries()) {
        const cell = record[index] ?? "";
        if (name !== undefined && cell !== "") cells[name] = cell;
      }
      yield {
        kind: "row",
        line: info.lines,
        cells,
        text: record.join("\u0000"),
        count: record.length,
        // Cells move only to the right of a separator too many.
        numberIsSure: record.length === header.length || names[0] === "order_number",
      };
    }
  } catch (cause) {
    if (!isCsvFault(cause)) throw cause;
    const unclosed = cause.code === "CSV_QUOTE_NOT_CLOSED";
    const column = names[cause.column] ?? header[cause.column] ?? "row";
    const message = FAULTS[cause.code] ?? `is no CSV (${cause.code})`;
    const fault = unclosed
      ? faultyEntry(lastLine + 1, "row", "opens a quote that is never closed")
      : faultyEntry(cause.lines, column, message);
    yield { ...fault, last: true };
  } finally {
    source.destroy();
  }
}

const STRAY_QUOTE =
  'has a quote inside. Put the whole cell in quotes and double the quotes inside. If the cell is ="…", format the column as text in Excel and export the file again';

/** In our words, because the parser's messages repeat the cell. */
const FAULTS: Readonly<Record<string, string>> = {
  INVALID_OPENING_QUOTE: STRAY_QUOTE,
  CSV_INVALID_CLOSING_QUOTE: STRAY_QUOTE,
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: STRAY_QUOTE,
};

interface ParsedRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

interface CsvFault {
  readonly code: string;
  readonly lines: number;
  readonly column: number;
}

function isCsvFault(cause: unknown): cause is CsvFault {
  if (typeof cause !== "object" || cause === null || !("code" in cause)) return false;
  return cause.code === "INVALID_OPENING_QUOTE" || String(cause.code).startsWith("CSV_");
}
