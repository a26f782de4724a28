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

/** Items that share one price, in minor units. */
export interface PricedItems {
  readonly unit: number;
  readonly quantity: number;
}

/** The lines on which commission is paid, each with the index of its order line, and the subtotal, in minor units. */
export interface PricedOrder {
  readonly lines: readonly (PricedItems & { readonly line: number })[];
  readonly subtotal: number;
  readonly findings: readonly Finding[];
}

/**
 * Takes the order's discount off its lines and divides each line over its items, so that Σ unit × quantity is the
 * sum of the lines less the discount, to the minor unit. A subtotal that the shop gave is never changed. `undefined`
 * where the lines come to more than any order can cost.
 */
export function priceLines(order: PriceableOrder, digits: number): PricedOrder | undefined {
  const totals: number[] = [];
  for (const { unitPrice, quantity } of order.lines) {
    const total = toMinor(unitPrice, digits, quantity);
    if (total === undefined) return undefined;
    totals.push(total);
  }
  const sum = sumOf(totals);
  if (sum > Number.MAX_SAFE_INTEGER) return undefined;
  const findings: Finding[] = [];
  const asked = toMinor(order.orderDiscount ?? 0, digits) ?? 0;
  const discount = Math.min(asked, sum);
  if (asked > sum && totals.length > 0) {
    const message = `is ${formatMinor(asked, digits)}, more than the lines' ${formatMinor(sum, digits)}; the lines are sent as 0`;
    findings.push({ code: "order.discount-too-large", path: "orderDiscount", message });
  }
  const lines: PricedOrder["lines"][number][] = [];
  for (const [line, total] of spreadDiscount(totals, discount).entries()) {
    const quantity = order.lines[line]?.quantity ?? 0;
    for (const items of isSendable(quantity) ? splitLine(total, quantity) : [])
      lines.push({ line, ...items });
  }
  const net = sum - discount;
  const subtotal = toMinor(order.subtotal, digits) ?? net;
  if (subtotal !== net && totals.length > 0) {
    const [given, come, off] = [subtotal, net, Math.abs(subtotal - net)].map((m) => formatMinor(m, digits));
    const message = `is ${given}, but the lines come to ${come}, ${off} apart. ${likelyCause(subtotal, net, totals.length, discount)} Commission is computed on the lines.`;
    findings.push({ code: "order.lines-do-not-sum", path: "subtotal", message });
  }
  return { lines, subtotal, findings };
}

/** Whether AvantLink can take a line of this quantity: a whole number from 1. */
export function isSendable(quantity: number): boolean {
  return Number.isInteger(quantity) && quantity > 0;
}

function likelyCause(subtotal: number, net: number, lines: number, discount: number): string {
  // A minor unit a line is what rounding each of them can make.
  if (Math.abs(subtotal - net) <= lines)
    return "Likely the lines and the subtotal were rounded each by itself: give each line's price with all its decimals.";
  if (net < subtotal) return "Likely the subtotal holds shipping or tax, or a line is missing.";
  return discount > 0
    ? "Likely the lines hold tax, or another discount is in the subtotal only: give all of it as orderDiscount."
    : "Likely a discount is in the subtotal only (give it as orderDiscount), or the lines hold tax.";
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
  const sum = sumOf(totals);
  if (discount === 0 || sum === 0) return totals;
  const shares: { net: number; readonly remainder: bigint }[] = [];
  let left = discount - sum;
  for (const total of totals) {
    // The product may be too large for a number.
    const product = BigInt(total) * BigInt(discount);
    const net = total - Number(product / BigInt(sum));
    shares.push({ net, remainder: product % BigInt(sum) });
    left += net;
  }
  const byRemainder = [...shares].sort((a, b) => Number(b.remainder - a.remainder));
  for (const share of byRemainder.slice(0, left)) share.net -= 1;
  return shares.map(({ net }) => net);
}

function sumOf(amounts: readonly number[]): number {
  let sum = 0;
  for (const amount of amounts) sum += amount;
  return sum;
}
