import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { CommandError, EXIT } from "../exit-codes.ts";
import { cannotRead } from "../files/read-file.ts";
import { writeText } from "../files/write-file.ts";
import { RETURN_COLUMNS, type ReturnRow, type WrittenReturn } from "./return-rows.ts";

/** The file of a day, by the name that AvantLink wants. */
export function returnFile(folder: string, merchantNumber: string, day: string): string {
  return join(folder, `returns_${merchantNumber}_${day.replaceAll("-", "_")}.csv`);
}

/**
 * What the files in the folder returned, by day, so that no order is returned beyond its amount. A file of the asked days is
 * not read: it is compared with what is made for its day.
 */
export async function returnsInFiles(
  folder: string,
  merchantNumber: string,
  asked: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly WrittenReturn[]>> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw cannotRead(folder, cause);
  });
  const files = new Map<string, readonly WrittenReturn[]>();
  for (const name of names.sort()) {
    const [, number, date = ""] = /^returns_(\d+)_(\d{4}_\d\d_\d\d)\.csv$/.exec(name) ?? [];
    const day = date.replaceAll("_", "-");
    if (number !== merchantNumber) continue;
    const found: WrittenReturn[] = [];
    files.set(day, found);
    if (asked.has(day)) continue;
    const text = await readFile(join(folder, name), "utf8");
    if (!text.startsWith(RETURN_COLUMNS.join(",")))
      throw new CommandError(
        EXIT.wrong,
        `${join(folder, name)} is not as this command writes it, so what it returned is unknown.`,
        "Bring the file back as it was, or move it to another folder if AvantLink does not have it.",
      );
    const rows: Record<string, string>[] = parse(text, { columns: true });
    for (const row of rows) {
      const { "Transaction/Order ID": orderNumber = "", "Return Item Amount": price = "" } = row;
      const amount = price === "" ? undefined : price;
      const count = Number(row["Return Item Quantity"] || 1);
      for (let item = 0; item < count; item += 1) found.push({ day, orderNumber, amount });
    }
  }
  return files;
}

/** The file's content. No cell is escaped for spreadsheets: a number or a SKU must be exactly the order's. */
export function returnText(rows: readonly ReturnRow[]): string {
  return stringify([RETURN_COLUMNS, ...rows].map((row) => [...row]));
}

/**
 * Writes the files that are not there with this content, and returns their paths. If one is there with other content, none
 * is written, because the others were made for what that day is now.
 */
export async function writeReturns(
  files: readonly { readonly file: string; readonly text: string }[],
  overwrite: boolean,
): Promise<ReadonlySet<string>> {
  const changed: { readonly file: string; readonly text: string; readonly isThere: boolean }[] = [];
  for (const { file, text } of files) {
    const present = await readFile(file, "utf8").catch(() => undefined);
    if (present !== text) changed.push({ file, text, isThere: present !== undefined });
  }
  const help =
    "It holds other returns. Name the days to write with --date or --from and --to. If AvantLink does not have the file yet, add --force.";
  for (const { file, text } of changed.toSorted((a, b) => Number(b.isThere) - Number(a.isThere)))
    await writeText(file, text, overwrite, help);
  return new Set(changed.map(({ file }) => file));
}
