import type { Finding } from "../findings.ts";
import type { ReadableOrder } from "../order/order-schema.ts";
import { formatMinor, toMinor } from "./amount.ts";
import { splitLine, spreadDiscount } from "./spread.ts";

/** Items of one order line at one price, in minor units, with the line that they came from. */
export interface WireLine {
  readonly line: number;
  readonly unit: number;
  readonly quantity: number;
}

/** The lines as they are paid on, and the subtotal, in minor units. */
export interface PricedOrder {
  readonly lines: readonly WireLine[];
  readonly subtotal: number;
  readonly findings: readonly Finding[];
}

/**
 * Takes the order's discount off its lines and divides each line over its items, so that Σ unit × quantity is the
 * sum of the lines less the discount, to the minor unit. A subtotal that the shop gave is never changed.
 */
export function priceLines(order: ReadableOrder, digits: number): PricedOrder | undefined {
  const { products } = order;
  const totals: number[] = [];
  for (const { unitPrice, quantity } of products) {
    const total = toMinor(unitPrice, digits, quantity);
    if (total === undefined) return undefined;
    totals.push(total);
  }
  const findings: Finding[] = [];
  const sum = totals.reduce((a, b) => a + b, 0);
  if (sum > Number.MAX_SAFE_INTEGER) return undefined;
  const asked = toMinor(order.orderDiscount ?? 0, digits) ?? 0;
  const discount = Math.min(asked, sum);
  if (asked > sum && products.length > 0) {
    findings.push({
      code: "order.discount-too-large",
      path: "orderDiscount",
      message: `is ${formatMinor(asked, digits)}, more than the lines' ${formatMinor(sum, digits)}; the lines are sent as 0`,
    });
  }
  const lines: WireLine[] = [];
  spreadDiscount(totals, discount).forEach((total, line) => {
    for (const items of splitLine(total, products[line]?.quantity ?? 1)) lines.push({ line, ...items });
  });
  const given = toMinor(order.subtotal, digits);
  const net = sum - discount;
  if (given !== undefined && given !== net && products.length > 0) {
    findings.push(doNotSum({ subtotal: given, net, discount, lines: products.length }, digits));
  }
  return { lines, subtotal: given ?? net, findings };
}

interface Disagreement {
  readonly subtotal: number;
  readonly net: number;
  readonly discount: number;
  readonly lines: number;
}

function doNotSum(order: Disagreement, digits: number): Finding {
  const [subtotal, net] = [formatMinor(order.subtotal, digits), formatMinor(order.net, digits)];
  const off = formatMinor(Math.abs(order.subtotal - order.net), digits);
  return {
    code: "order.lines-do-not-sum",
    path: "subtotal",
    message: `is ${subtotal}, but the lines come to ${net}, ${off} apart. ${likelyCause(order)} Commission is computed on the lines.`,
  };
}

function likelyCause({ subtotal, net, discount, lines }: Disagreement): string {
  // A minor unit a line is what rounding each of them can make.
  if (Math.abs(subtotal - net) <= lines) {
    return "Likely the lines and the subtotal were rounded each by itself: give each line's price with all its decimals.";
  }
  if (net < subtotal) return "Likely the subtotal holds shipping or tax, or a line is missing.";
  return discount > 0
    ? "Likely the lines hold tax, or another discount is in the subtotal only: give all of it as orderDiscount."
    : "Likely a discount is in the subtotal only (give it as orderDiscount), or the lines hold tax.";
}
