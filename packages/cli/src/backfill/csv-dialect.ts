import { parse } from "csv-parse/sync";
import { KNOWN_COLUMNS } from "./column-names.ts";

const SEPARATORS = [",", ";", "\t", "|"] as const;

/** How a CSV file is written. */
export interface CsvDialect {
  readonly separator: string;
  /** The line of the header: 2 behind Excel's line `sep=;`. */
  readonly headerLine: 1 | 2;
  readonly header: readonly string[];
}

/** Reads the dialect from the beginning of a file. */
export function readDialect(start: string): CsvDialect {
  const [first = "", second = ""] = start.split(/\r\n|\n|\r/, 2);
  const stated = /^"?sep=(.)"?\s*$/i.exec(first)?.[1];
  if (stated !== undefined) return { separator: stated, headerLine: 2, header: cellsOf(second, stated) };
  const [best = ","] = [...SEPARATORS].sort((a, b) => fit(first, b) - fit(first, a));
  return { separator: best, headerLine: 1, header: cellsOf(first, best) };
}

/** How well a separator fits: recognized columns first, then the number of cells. */
function fit(line: string, separator: string): number {
  const cells = cellsOf(line, separator);
  const known = cells.filter((cell) => KNOWN_COLUMNS.some((name) => name === cell.toLowerCase())).length;
  return known * 1_000 + cells.length;
}

function cellsOf(line: string, separator: string): string[] {
  try {
    const [cells = []]: string[][] = parse(line, { delimiter: separator, trim: true });
    return cells;
  } catch {
    return [];
  }
}
