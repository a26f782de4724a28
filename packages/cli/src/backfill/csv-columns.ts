import { CommandError, EXIT } from "../exit-codes.ts";
import { harmless } from "../terminal/terminal.ts";
import { type Column, KNOWN_COLUMNS, plainTitle } from "./column-names.ts";
import { nearMiss } from "./near-miss.ts";
import { type PlatformColumn, type PlatformExport, platformOf } from "./platform-exports.ts";

/** A header as it is read. */
export interface Columns {
  /** The meaning of each column, in the order of the file; nothing for a column that is ignored. */
  readonly names: readonly (Column | PlatformColumn | undefined)[];
  /** The titles of the ignored columns. */
  readonly ignored: readonly string[];
  /** The platform whose own export this is. */
  readonly platform: PlatformExport | undefined;
}

/** What the user says about columns. */
export interface ColumnOptions {
  /** Column names by title, as `--map` gives them; an empty name ignores the column. */
  readonly map?: ReadonlyMap<string, string> | undefined;
  /** The currency of every order, so that a column is not needed. */
  readonly currency?: string | undefined;
}

/**
 * Reads the columns of a header.
 * @throws CommandError naming every column that is missing, ambiguous or perhaps misspelled
 */
export function readColumns(
  header: readonly string[],
  line: number,
  { map: mapping = new Map(), currency }: ColumnOptions,
): Columns {
  const platform = header.some((title) => nameOf(title) === "order_number") ? undefined : platformOf(header);
  const names = header.map((title) => {
    const mapped = mapping.get(title);
    if (mapped !== undefined) return KNOWN_COLUMNS.find((name) => name === mapped);
    const name = nameOf(title);
    // A shop may have added the shopper's consent to a platform's own export.
    return platform?.columns[title] ?? (platform && name !== "consent" ? undefined : name);
  });
  const near = nearMisses(header, names, mapping, platform !== undefined);
  const faults = [
    ...mappingFaults(header, mapping),
    ...duplicateFaults(header, names),
    ...[...near].map(([index, name]) => nearMissFault(header[index] ?? "", index, name)),
    ...missingFaults(new Set([...names, ...near.values()]), currency),
  ];
  if (faults.length === 0) {
    const ignored = header.filter((title, index) => names[index] === undefined && title !== "");
    return { names, ignored, platform };
  }
  throw new CommandError(
    EXIT.wrong,
    faults.map((fault) => `Line ${line}: ${fault}`).join("\n"),
    `Recognized columns: ${KNOWN_COLUMNS.join(", ")}.`,
  );
}

function nameOf(title: string): Column | undefined {
  const name = plainTitle(title);
  return KNOWN_COLUMNS.find((known) => known === name);
}

function mappingFaults(header: readonly string[], mapping: ReadonlyMap<string, string>): string[] {
  return [...mapping].flatMap(([title, name]) => {
    if (!header.includes(title))
      return [`there is no column "${harmless(title)}", which --map names. Correct the --map option.`];
    if (name === "" || KNOWN_COLUMNS.some((known) => known === name)) return [];
    return [`--map gives column "${harmless(title)}" the unknown name "${harmless(name)}".`];
  });
}

function duplicateFaults(header: readonly string[], names: Columns["names"]): string[] {
  return [...new Set(names)].flatMap((name) => {
    const titles = header.filter((_, index) => names[index] === name);
    if (name === undefined || titles.length < 2) return [];
    const places = names.flatMap((one, index) => (one === name ? [index + 1] : [])).join(" and ");
    const other = titles.find((title) => title !== name);
    const remedy =
      new Set(titles).size === 1 || other === undefined
        ? "Rename or remove one of them."
        : `Remove one of them, or ignore one: --map "${harmless(other)}=".`;
    return [`columns ${places} both mean ${name}. ${remedy}`];
  });
}

/**
 * Titles close to a missing column: to ignore them could lose money, and to use them would be a guess. Whatever is about
 * consent is among them, beside a column for it and in a platform's export too.
 */
function nearMisses(
  header: readonly string[],
  names: Columns["names"],
  mapping: ReadonlyMap<string, string>,
  isPlatform: boolean,
): ReadonlyMap<number, Column> {
  const near = new Map<number, Column>();
  for (const [index, title] of header.entries()) {
    const name = names[index] === undefined && !mapping.has(title) ? nearMiss(title) : undefined;
    const isMissing = !isPlatform && !names.includes(name);
    if (name !== undefined && (isMissing || name === "consent")) near.set(index, name);
  }
  return near;
}

function nearMissFault(title: string, index: number, name: Column): string {
  const shown = harmless(title);
  return `column ${index + 1}, "${shown}", is not recognized. Is it ${name}? Then add --map "${shown}=${name}". To ignore the column, add --map "${shown}=".`;
}

function missingFaults(names: ReadonlySet<unknown>, currency: string | undefined): string[] {
  const has = (name: Column) => names.has(name);
  const faults: string[] = [];
  if (!has("order_number")) faults.push("there is no column order_number.");
  if (!has("currency") && currency === undefined)
    faults.push("there is no column currency. If all orders have one currency, add --currency USD.");
  const lines = (["sku", "unit_price", "quantity"] as const).filter((name) => !has(name));
  if (lines.length > 0 && !has("subtotal"))
    faults.push(`there is no column ${lines.join(", no column ")}, and no subtotal either.`);
  return faults;
}
