import type { OrderLine } from "@avantlink-s2s/core";
import { decimalToMinor, formatMinor, spreadDiscount } from "@avantlink-s2s/core/money";
import { type Exact, NOTHING, total } from "./exact.ts";
import type { Notes } from "./notes.ts";
import { type CountedLine, isEven, orderLines, wholeItems } from "./order-lines.ts";
import { type Rounding, rounding } from "./rounding.ts";
import type { Sale, SoldLine, StatedTotal } from "./sale.ts";

/** A sale's money in the currency's minor units. */
export interface Settled {
  readonly products: readonly OrderLine[];
  readonly discount: number;
  readonly subtotal: number;
}

/** Brings a sale to whole minor units: Σ unit × quantity − discount is the subtotal, exactly. */
export function settle(sale: Sale, digits: number, notes: Notes): Settled {
  const goods = sale.lines.filter((line) => !line.total.lt(0));
  const exact = goods.map((line) => line.total);
  const rounded = rounding(exact, digits);
  const sum = decimalToMinor(total(exact), digits);
  const asked = decimalToMinor((sale.discount ?? NOTHING).plus(reductions(sale.lines, notes)), digits);
  const discount = Math.min(asked, sum);
  if (asked > sum) {
    const numbers = `${formatMinor(asked, digits)} against ${formatMinor(sum, digits)}`;
    notes.finding(
      "mapper.does-not-add-up",
      "discount",
      `is more than the lines, ${numbers}: they are sent as 0`,
    );
  }
  const { net, subtotal } = agree(sale, rounded, sum - discount, discount, digits, notes);
  const totals = rounded.to(net + discount);
  const lines = goods.map((line, index) => ({
    line,
    total: totals[index] ?? 0,
    items: wholeItems(line, notes),
  }));
  if (lines.every(isEven)) return { products: written(lines, digits), discount, subtotal };
  // The parts of a line would each round their share of the discount: it comes off the whole line before.
  const reduced = spreadDiscount(totals, discount);
  const spread = lines.map((line, index) => ({ ...line, total: reduced[index] ?? 0 }));
  return { products: written(spread, digits), discount: 0, subtotal };
}

function written(lines: readonly CountedLine[], digits: number): readonly OrderLine[] {
  return lines.flatMap((line) => orderLines(line, digits));
}

/** A negative line is money off the order: AvantLink's line prices have no room for it. */
function reductions(lines: readonly SoldLine[], notes: Notes): Exact {
  const negative = lines.filter((line) => line.total.lt(0));
  for (const line of negative) {
    notes.finding("mapper.adjusted", line.path, "is negative; it is taken off the other lines as a discount");
  }
  return total(negative.map((line) => line.total.abs()));
}

/**
 * What the goods come to, and the subtotal that is sent. A platform rounds its sum while we round its lines: a figure
 * of its own that rounding them the other way can reach is no other figure.
 */
function agree(
  sale: Sale,
  rounded: Rounding,
  net: number,
  discount: number,
  digits: number,
  notes: Notes,
): { readonly net: number; readonly subtotal: number } {
  const figure = sale.stated && nearest(sale.stated, net, digits);
  if (!sale.stated || figure === undefined) return { net, subtotal: net };
  if (rounded.reaches(figure + discount)) return { net: figure, subtotal: figure };
  if (Math.abs(figure - net) <= (sale.stated.slack ?? 0)) return { net, subtotal: net };
  if (sale.lines.length > 0) {
    notes.finding("mapper.does-not-add-up", sale.stated.path, apart(figure, net, digits, sale.lines.length));
  }
  return { net, subtotal: sale.stated.wins ? figure : net };
}

function nearest(stated: StatedTotal, net: number, digits: number): number | undefined {
  const figures = stated.amounts
    .map((amount) => decimalToMinor(amount, digits))
    .filter((figure) => figure >= 0);
  return figures.find((figure) => Math.abs(figure - net) <= (stated.slack ?? 0)) ?? figures[0];
}

function apart(stated: number, net: number, digits: number, lines: number): string {
  const off = formatMinor(Math.abs(stated - net), digits);
  const cause =
    Math.abs(stated - net) <= lines
      ? "Likely the lines and the figure were rounded each by itself."
      : stated > net
        ? "Likely a line is missing, or the figure holds shipping, tax or a discount not yet taken off."
        : "Likely a discount, a refund or a gift card is in the figure and not in the lines, or the lines hold tax.";
  return `says ${formatMinor(stated, digits)}, but the lines come to ${formatMinor(net, digits)}, ${off} apart. ${cause}`;
}
