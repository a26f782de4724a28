import type { OrderLine } from "@avantlink-s2s/core";
import { formatMinor, splitLine } from "@avantlink-s2s/core/money";
import { exact, NOTHING, share, total } from "./exact.ts";
import type { Notes } from "./notes.ts";
import type { SoldLine } from "./sale.ts";

/** A line whose total is in whole minor units, and whose items are whole. */
export interface CountedLine {
  readonly line: SoldLine;
  readonly total: number;
  readonly items: number;
}

/** AvantLink counts whole items: half a kilogram is one item at the line's total. None are left of a removed line. */
export function wholeItems(line: SoldLine, notes: Notes): number {
  const quantity = line.quantity.toNumber();
  if (Number.isSafeInteger(quantity) && quantity > 0) return quantity;
  if (line.quantity.lte(0) && line.total.eq(0)) return 0;
  const message = `has the quantity ${line.quantity.toString()}; it is sent as one item at the line's total`;
  notes.finding("mapper.adjusted", line.path, message);
  return 1;
}

/** Whether all items of a line have one price. */
export function isEven({ line, total: whole, items }: CountedLine): boolean {
  return line.prices === undefined && (items === 0 || whole % items === 0);
}

/** A line as the order lines that sum to it, one for each price of its items. */
export function orderLines({ line, total: whole, items }: CountedLine, digits: number): readonly OrderLine[] {
  if (items === 0) return [];
  return byPrice(line, whole, items)
    .flatMap((part) => splitLine(part.total, part.items))
    .map(({ unit, quantity }) => ({ sku: line.sku, unitPrice: formatMinor(unit, digits), quantity }));
}

function byPrice(line: SoldLine, whole: number, items: number): readonly { total: number; items: number }[] {
  if (!line.prices) return [{ total: whole, items }];
  const priced = total(line.prices.map(({ all }) => all));
  let soFar = NOTHING;
  let given = 0;
  return line.prices.map(({ quantity, all }) => {
    soFar = soFar.plus(all);
    // Rounded as a running sum, so that the parts come to the line.
    const upTo = share(exact(whole), soFar, priced).round(0).toNumber();
    const part = { total: upTo - given, items: quantity };
    given = upTo;
    return part;
  });
}
