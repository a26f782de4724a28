import { pipeline } from "node:stream";
import { CsvError, parse } from "csv-parse";
import type { CsvDialect } from "./csv-dialect.ts";
import { type FaultyEntry, faultyEntry } from "./file-entry.ts";

/** A row below the header. */
export interface CsvRow<Name extends string> {
  readonly kind: "row";
  readonly line: number;
  /** The cells that are not blank, by the name of their column. */
  readonly cells: Readonly<Partial<Record<Name, string>>>;
  /** All cells as one text, to compare rows. */
  readonly text: string;
  /** Set where the row has more or fewer cells than the header, which may have moved cells into other columns. */
  readonly fault: string | undefined;
}

/**
 * The rows below the header. `names` are the names of the columns, in the order of the file; a column without a name is
 * ignored. A faulty entry ends the rows where nothing more can be read; some rows before it are missing then, because the
 * parser drops what it read ahead.
 */
export async function* readCsvRows<Name extends string>(
  text: Iterable<string> | AsyncIterable<string>,
  dialect: CsvDialect,
  names: readonly (Name | undefined)[],
): AsyncGenerator<CsvRow<Name> | FaultyEntry> {
  const { separator, headerLine, header } = dialect;
  // The parser reports an unclosed quote at the end of the file. The quote is below the last line that was read.
  let lastLine: number = headerLine;
  const parser = parse({
    delimiter: separator,
    from_line: headerLine + 1,
    info: true,
    trim: true,
    skip_empty_lines: true,
    // Excel writes rows of nothing but separators.
    skip_records_with_empty_values: true,
    relax_column_count: true,
    on_record(record: string[], { lines }) {
      lastLine = lines;
      return record;
    },
  });
  // The loop gets every error itself.
  const rows: AsyncIterable<ParsedRow> = pipeline(text, parser, () => {});
  try {
    for await (const { record, info } of rows) {
      const cells: Partial<Record<Name, string>> = {};
      for (const [index, name] of names.entries()) {
        const cell = record[index] ?? "";
        if (name !== undefined && cell !== "") cells[name] = cell;
      }
      const fault =
        record.length === header.length ? undefined : countFault(record.length, info.lines, dialect);
      yield { kind: "row", line: info.lines, cells, text: record.join("\u0000"), fault };
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const { code } = cause;
    const [line, column] = [Number(cause.lines), Number(cause.column)];
    const fault =
      code === "CSV_QUOTE_NOT_CLOSED"
        ? faultyEntry(lastLine + 1, "row", "opens a quote that is never closed")
        : faultyEntry(line, names[column] ?? header[column] ?? "row", faultOf(code));
    yield { ...fault, last: true };
  }
}

interface ParsedRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function countFault(count: number, line: number, { header, separator }: CsvDialect): string {
  const name = separator === "\t" ? "tab" : `"${separator}"`;
  return `has ${count} cells in line ${line}, but the header has ${header.length}. Put a cell that contains a ${name} in quotes`;
}

/** In our words, because the parser's messages repeat the cell. */
function faultOf(code: string): string {
  return code.includes("QUOTE")
    ? 'has a quote inside. Put the whole cell in quotes and double the quotes inside. If the cell is ="…", format the column as text in Excel and export the file again'
    : `is no CSV (${code})`;
}
