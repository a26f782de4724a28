import type { OrderLine } from "@avantlink-s2s/core";
import { formatMinor, splitLine } from "@avantlink-s2s/core/money";
import { exact, share, sum, ZERO } from "./decimal.ts";
import type { SoldLine } from "./order-money.ts";

/** A line whose total is in whole minor units and whose items are whole. */
export interface CountedLine {
  readonly line: SoldLine;
  readonly total: number;
  readonly items: number;
}

/** AvantLink counts whole items: half a kilogram is one item at the line's total. A removed line has no items. */
export function wholeItems(line: SoldLine): number {
  const quantity = line.quantity.toNumber();
  if (Number.isSafeInteger(quantity) && quantity > 0) return quantity;
  return line.quantity.lte(0) && line.total.eq(0) ? 0 : 1;
}

/** Whether all items of a line have one price in whole minor units. */
export function hasOnePrice({ line, total, items }: CountedLine): boolean {
  return line.prices === undefined && (items === 0 || total % items === 0);
}

/** Splits a line into order lines that sum to the line's total, one for each price of its items. */
export function splitLines({ line, total, items }: CountedLine, digits: number): readonly OrderLine[] {
  if (items === 0) return [];
  return byPrice(line, total, items)
    .flatMap((part) => splitLine(part.total, part.items))
    .map(({ unit, quantity }) => ({ sku: line.sku, unitPrice: formatMinor(unit, digits), quantity }));
}

function byPrice(
  line: SoldLine,
  total: number,
  items: number,
): readonly { readonly total: number; readonly items: number }[] {
  if (!line.prices) return [{ total, items }];
  const all = sum(line.prices.map((price) => price.total));
  let soFar = ZERO;
  let given = 0;
  return line.prices.map((price) => {
    soFar = soFar.plus(price.total);
    // The running sum is rounded, so that the parts sum to the line.
    const upTo = share(exact(total), soFar, all).round(0).toNumber();
    const part = { total: upTo - given, items: price.quantity };
    given = upTo;
    return part;
  });
}
