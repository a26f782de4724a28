import { type Column, KNOWN_COLUMNS } from "./column-names.ts";
import type { CsvRow } from "./csv-rows.ts";
import { hasLostCharacter, LOST_CHARACTER } from "./lost-characters.ts";

const REMEDY = "Format the column as text in the spreadsheet, and export the file again";

/** A cell whose value was lost on the way, in a spreadsheet or by the encoding. */
export function spoiltCell(
  rows: readonly CsvRow[],
): { readonly column: Column; readonly line: number; readonly message: string } | undefined {
  for (const { cells, line } of rows) {
    for (const column of KNOWN_COLUMNS) {
      const cell = cells[column] ?? "";
      const message =
        spoiltIn(cell) ?? (cell.startsWith("=") ? `is a spreadsheet's formula. ${REMEDY}` : undefined);
      if (message !== undefined) return { column, line, message };
    }
  }
  return undefined;
}

/** Why a value is not what it was, if a spreadsheet or the encoding changed it. */
export function spoiltIn(cell: string): string | undefined {
  if (hasLostCharacter(cell)) return LOST_CHARACTER;
  if (/^-?\d(?:[.,]\d+)?E\+\d+$/i.test(cell))
    return `was shortened by a spreadsheet to the form 1.00E+15. ${REMEDY}`;
  if (/^#(?:REF!|NAME\?|VALUE!|N\/A|DIV\/0!|NULL!|NUM!|#+)$/i.test(cell))
    return `is a spreadsheet's error value. ${REMEDY}`;
  return undefined;
}
