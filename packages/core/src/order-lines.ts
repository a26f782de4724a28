import { fromMinor, toMinor } from "./amount.ts";
import type { Finding } from "./finding.ts";
import type { ReadableOrder } from "./order-schema.ts";
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
  if (asked > sum) {
    findings.push({
      code: "order.discount-too-large",
      path: "orderDiscount",
      message: `is ${fromMinor(asked, digits)}, more than the lines' ${fromMinor(sum, digits)}; the lines are sent as 0`,
    });
  }
  const lines: WireLine[] = [];
  spreadDiscount(totals, discount).forEach((total, line) => {
    for (const items of splitLine(total, products[line]?.quantity ?? 1)) lines.push({ line, ...items });
  });
  const given = toMinor(order.subtotal, digits);
  const net = sum - discount;
  if (given !== undefined && given !== net && products.length > 0) {
    findings.push(doNotSum(given, net, discount, digits));
  }
  return { lines, subtotal: given ?? net, findings };
}

function doNotSum(subtotal: number, net: number, discount: number, digits: number): Finding {
  const off = fromMinor(Math.abs(subtotal - net), digits);
  const cause =
    net > subtotal
      ? discount > 0
        ? "Likely the lines hold tax, or another discount is in the subtotal only: give all of it as orderDiscount."
        : "Likely a discount is in the subtotal only (give it as orderDiscount), or the lines hold tax."
      : "Likely the subtotal holds shipping or tax, or a line is missing.";
  return {
    code: "order.lines-do-not-sum",
    path: "subtotal",
    message: `is ${fromMinor(subtotal, digits)}, but the lines come to ${fromMinor(net, digits)}, ${off} apart. ${cause} Commission is computed on the lines.`,
  };
}
