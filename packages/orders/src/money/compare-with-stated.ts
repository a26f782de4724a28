import type { Finding } from "@avantlink-s2s/core";
import { decimalToMinor, formatMinor } from "@avantlink-s2s/core/money";
import type { OrderMoney, StatedTotal } from "./order-money.ts";
import type { Rounding } from "./round-to-sum.ts";

/** What the lines come to, in minor units. */
interface LineTotals {
  readonly rounded: Rounding;
  readonly net: number;
  readonly discount: number;
}

/**
 * Compares the lines with the platform's own total. A platform rounds its sum, while lines are rounded here: a total
 * that the lines reach when they are rounded the other way is the same total. Any other difference is a finding.
 */
export function compareWithStated(
  { lines, stated }: OrderMoney,
  { rounded, net, discount }: LineTotals,
  digits: number,
): { readonly net: number; readonly subtotal: number; readonly finding?: Finding } {
  const amount = stated && nearest(stated, net, digits);
  if (!stated || amount === undefined) return { net, subtotal: net };
  if (rounded.reaches(amount + discount)) return { net: amount, subtotal: amount };
  if (Math.abs(amount - net) <= (stated.slack ?? 0)) return { net, subtotal: net };
  const subtotal = stated.wins ? amount : net;
  // A platform that keeps no lines states the total alone.
  if (stated.wins && lines.length === 0) return { net, subtotal };
  const message = difference(amount, net, digits, lines.length);
  return { net, subtotal, finding: { code: "mapper.does-not-add-up", path: stated.path, message } };
}

function nearest(stated: StatedTotal, net: number, digits: number): number | undefined {
  const amounts = stated.amounts
    .map((amount) => decimalToMinor(amount, digits))
    .filter((amount) => amount >= 0);
  return amounts.find((amount) => Math.abs(amount - net) <= (stated.slack ?? 0)) ?? amounts[0];
}

function difference(stated: number, net: number, digits: number, lines: number): string {
  const off = formatMinor(Math.abs(stated - net), digits);
  const cause =
    Math.abs(stated - net) <= lines
      ? "Likely the platform rounded the lines and this total separately."
      : stated > net
        ? "Likely a line is missing, or this total holds shipping, tax or a discount not yet taken off."
        : "Likely this total holds a discount, a refund or a gift card that the lines do not, or the lines hold tax.";
  return `says ${formatMinor(stated, digits)}, but the lines come to ${formatMinor(net, digits)}, ${off} apart. ${cause}`;
}
