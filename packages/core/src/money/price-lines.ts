import type { Finding } from "../findings.ts";
import { formatMinor, toMinor } from "./amount.ts";

/** What pricing needs of an order. Its amounts are readable and not negative. */
export interface PriceableOrder {
  readonly subtotal?: number | string | null | undefined;
  readonly orderDiscount?: number | string | null | undefined;
  readonly lines: readonly PriceableLine[];
}

/** What pricing needs of a line. */
export interface PriceableLine {
  readonly unitPrice: number | string;
  /** A line whose quantity is no whole number from 1 counts for the subtotal and is not sent. */
  readonly quantity: number;
}

/** Items of one order line at one price, in minor units, with the index of their line. */
export interface WireLine {
  readonly line: number;
  readonly unit: number;
  readonly quantity: number;
}

/** The lines on which commission is paid, and the subtotal, in minor units. */
export interface PricedOrder {
  readonly lines: readonly WireLine[];
  readonly subtotal: number;
  readonly findings: readonly Finding[];
}

/**
 * Takes the order's discount off its lines and divides each line over its items, so that Σ unit × quantity is the
 * sum of the lines less the discount, to the minor unit. A subtotal that the shop gave is never changed.
 */
export function priceLines(order: PriceableOrder, digits: number): PricedOrder | undefined {
  const totals: number[] = [];
  for (const { unitPrice, quantity } of order.lines) {
    const total = toMinor(unitPrice, digits, quantity);
    if (total === undefined) return undefined;
    totals.push(total);
  }
  const findings: Finding[] = [];
  const sum = totals.reduce((a, b) => a + b, 0);
  if (sum > Number.MAX_SAFE_INTEGER) return undefined;
  const asked = toMinor(order.orderDiscount ?? 0, digits) ?? 0;
  const discount = Math.min(asked, sum);
  if (asked > sum && order.lines.length > 0) {
    findings.push({
      code: "order.discount-too-large",
      path: "orderDiscount",
      message: `is ${formatMinor(asked, digits)}, more than the lines' ${formatMinor(sum, digits)}; the lines are sent as 0`,
    });
  }
  const lines: WireLine[] = [];
  spreadDiscount(totals, discount).forEach((total, line) => {
    const quantity = order.lines[line]?.quantity ?? 0;
    if (!isSendable(quantity)) return;
    for (const items of splitLine(total, quantity)) lines.push({ line, ...items });
  });
  const given = toMinor(order.subtotal, digits);
  const net = sum - discount;
  if (given !== undefined && given !== net && order.lines.length > 0) {
    findings.push(sumMismatch({ subtotal: given, net, discount, lines: order.lines.length }, digits));
  }
  return { lines, subtotal: given ?? net, findings };
}

/** Whether AvantLink can take a line of this quantity: a whole number from 1. */
export function isSendable(quantity: number): boolean {
  return Number.isInteger(quantity) && quantity > 0;
}

interface Mismatch {
  readonly subtotal: number;
  readonly net: number;
  readonly discount: number;
  readonly lines: number;
}

function sumMismatch(order: Mismatch, digits: number): Finding {
  const [subtotal, net] = [formatMinor(order.subtotal, digits), formatMinor(order.net, digits)];
  const off = formatMinor(Math.abs(order.subtotal - order.net), digits);
  return {
    code: "order.lines-do-not-sum",
    path: "subtotal",
    message: `is ${subtotal}, but the lines come to ${net}, ${off} apart. ${likelyCause(order)} Commission is computed on the lines.`,
  };
}

function likelyCause({ subtotal, net, discount, lines }: Mismatch): string {
  // A minor unit a line is what rounding each of them can make.
  if (Math.abs(subtotal - net) <= lines) {
    return "Likely the lines and the subtotal were rounded each by itself: give each line's price with all its decimals.";
  }
  if (net < subtotal) return "Likely the subtotal holds shipping or tax, or a line is missing.";
  return discount > 0
    ? "Likely the lines hold tax, or another discount is in the subtotal only: give all of it as orderDiscount."
    : "Likely a discount is in the subtotal only (give it as orderDiscount), or the lines hold tax.";
}

/** Items that share one price, in minor units. */
export interface PricedItems {
  readonly unit: number;
  readonly quantity: number;
}

/**
 * Divides a line's total over its items so that they sum to it exactly: 10.00 over 3 items is 2 × 3.33 and
 * 1 × 3.34. One entry when it divides evenly.
 */
export function splitLine(total: number, quantity: number): readonly PricedItems[] {
  const dearer = total % quantity;
  const unit = (total - dearer) / quantity;
  if (dearer === 0) return [{ unit, quantity }];
  return [
    { unit, quantity: quantity - dearer },
    { unit: unit + 1, quantity: dearer },
  ];
}

/**
 * Takes a discount off line totals in proportion to their value, by largest remainder: the results sum to
 * Σ totals − discount exactly, none is negative, and none is a whole minor unit or more off its exact share.
 * The discount may not be larger than the sum.
 */
export function spreadDiscount(totals: readonly number[], discount: number): readonly number[] {
  const sum = totals.reduce((a, b) => a + b, 0);
  if (discount === 0 || sum === 0) return totals;
  const shares = totals.map((total) => share(total, discount, sum));
  let left = discount - shares.reduce((a, { whole }) => a + whole, 0);
  const byRemainder = shares
    .map(({ remainder }, index) => ({ remainder, index }))
    .sort((a, b) => (a.remainder > b.remainder ? -1 : a.remainder < b.remainder ? 1 : a.index - b.index));
  const result = totals.map((total, index) => total - (shares[index]?.whole ?? 0));
  for (const { index } of byRemainder) {
    if (left === 0) break;
    result[index] = (result[index] ?? 0) - 1;
    left -= 1;
  }
  return result;
}

function share(total: number, discount: number, sum: number): { whole: number; remainder: bigint | number } {
  const product = total * discount;
  if (Number.isSafeInteger(product)) {
    const remainder = product % sum;
    return { whole: (product - remainder) / sum, remainder };
  }
  const exact = BigInt(total) * BigInt(discount);
  return { whole: Number(exact / BigInt(sum)), remainder: exact % BigInt(sum) };
}
