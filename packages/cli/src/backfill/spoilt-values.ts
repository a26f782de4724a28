// The decoder writes it for bytes that are not in the file's encoding.
const LOST = "\uFFFD";
export const LOST_CHARACTER = "has a character that can't be read: the file is not UTF-8. Save it as UTF-8";

const REMEDY = "Format the column as text in the spreadsheet, and export the file again";

/**
 * Why a value is not what it was, if a spreadsheet or the encoding changed it. An order number or a SKU without a letter is
 * another one for AvantLink, and two order numbers may have become one.
 */
export function spoiltIn(cell: string): string | undefined {
  if (cell.includes(LOST)) return LOST_CHARACTER;
  if (/^-?\d(?:[.,]\d+)?E\+\d+$/i.test(cell))
    return `was shortened by a spreadsheet to the form 1.00E+15. ${REMEDY}`;
  if (/^#(?:REF!|NAME\?|VALUE!|N\/A|DIV\/0!|NULL!|NUM!|#+)$/i.test(cell))
    return `is a spreadsheet's error value. ${REMEDY}`;
  return undefined;
}

/** Why a cell of a spreadsheet's file is not what it was. */
export function spoiltCell(cell: string): string | undefined {
  return spoiltIn(cell) ?? (cell.startsWith("=") ? `is a spreadsheet's formula. ${REMEDY}` : undefined);
}

/** The first field of a JSON value with a lost character. */
export function lostIn(value: unknown, path: string): string | undefined {
  if (typeof value === "string") return value.includes(LOST) ? path : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [name, part] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${path}[${name}]` : [path, name].filter(Boolean).join(".");
    const found = lostIn(part, at);
    if (found !== undefined) return found;
  }
  return undefined;
}
