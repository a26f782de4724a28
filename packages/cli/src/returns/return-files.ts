import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { CommandError, EXIT } from "../exit-codes.ts";
import { cannotRead } from "../files/read-file.ts";
import { writeText } from "../files/write-file.ts";
import { type EarlierReturn, RETURN_COLUMNS, type ReturnRow } from "./return-rows.ts";

/** The file of a day, by the name that AvantLink wants. */
export function returnFile(folder: string, merchantNumber: string, day: string): string {
  return join(folder, `returns_${merchantNumber}_${day.replaceAll("-", "_")}.csv`);
}

/** What the files of other days in the folder returned, so that no order is returned beyond its amount. */
export async function earlierReturns(
  folder: string,
  merchantNumber: string,
  days: ReadonlySet<string>,
): Promise<readonly EarlierReturn[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw cannotRead(folder, cause);
  });
  const found: EarlierReturn[] = [];
  for (const name of names.sort()) {
    const [, number, date = ""] = /^returns_(\d+)_(\d{4}_\d\d_\d\d)\.csv$/.exec(name) ?? [];
    const day = date.replaceAll("_", "-");
    if (number !== merchantNumber || days.has(day)) continue;
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
  return found;
}

/** The file's content. No cell is escaped for spreadsheets: a number or a SKU must be exactly the order's. */
export function returnText(rows: readonly ReturnRow[]): string {
  return stringify([RETURN_COLUMNS, ...rows].map((row) => [...row]));
}

/** Writes a file, unless it is there with this content. Returns whether it was written. */
export async function writeReturns(path: string, text: string, overwrite: boolean): Promise<boolean> {
  if ((await readFile(path, "utf8").catch(() => undefined)) === text) return false;
  const help =
    "It holds other returns. Name the days to write with --date or --from and --to. If AvantLink does not have the file yet, add --force.";
  await writeText(path, text, overwrite, help);
  return true;
}
