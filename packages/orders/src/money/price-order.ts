import type { Finding, OrderLine } from "@avantlink-s2s/core";
import { decimalToMinor, formatMinor, spreadDiscount } from "@avantlink-s2s/core/money";
import { compareWithStated } from "./compare-with-stated.ts";
import { sum } from "./decimal.ts";
import type { OrderMoney } from "./order-money.ts";
import { rounding } from "./round-to-sum.ts";
import { type CountedLine, hasOnePrice, splitLines, wholeItems } from "./split-lines.ts";

/** An order's money; `discount` and `subtotal` are in minor units. */
export interface PricedOrder {
  readonly products: readonly OrderLine[];
  readonly discount: number;
  readonly subtotal: number;
  readonly findings: readonly Finding[];
}

const NEGATIVE = "is negative; it is taken off the other lines as a discount";

/** Rounds an order to whole minor units, so that Σ unit price × quantity − discount is exactly the subtotal. */
export function priceOrder(order: OrderMoney, digits: number): PricedOrder {
  const negative = order.lines.filter((line) => line.total.lt(0));
  const goods = order.lines.filter((line) => !line.total.lt(0));
  const totals = goods.map((line) => line.total);
  const whole = decimalToMinor(sum(totals), digits);
  // AvantLink's line prices cannot be negative: a negative line is a discount on the order.
  const reductions = [
    ...(order.discount ? [order.discount] : []),
    ...negative.map((line) => line.total.abs()),
  ];
  const asked = decimalToMinor(sum(reductions), digits);
  const discount = Math.min(asked, whole);
  const rounded = rounding(totals, digits);
  const { net, subtotal, finding } = compareWithStated(
    order,
    { rounded, net: whole - discount, discount },
    digits,
  );
  const amounts = rounded.to(net + discount);
  const lines = goods.map((line, index) => ({ line, total: amounts[index] ?? 0, items: wholeItems(line) }));
  const findings = [
    ...negative.map(({ path }): Finding => ({ code: "mapper.adjusted", path, message: NEGATIVE })),
    ...(asked > whole ? [discountTooLarge(asked, whole, digits)] : []),
    ...(finding ? [finding] : []),
    ...lines.filter(({ line, items }) => items > 0 && !line.quantity.eq(items)).map(notWhole),
  ];
  if (lines.every(hasOnePrice)) {
    return { products: lines.flatMap((line) => splitLines(line, digits)), discount, subtotal, findings };
  }
  // If a line is split, each part would round its own share of the discount. So each whole line is reduced first.
  const reduced = spreadDiscount(amounts, discount);
  const products = lines.flatMap((line, index) =>
    splitLines({ ...line, total: reduced[index] ?? 0 }, digits),
  );
  return { products, discount: 0, subtotal, findings };
}

function notWhole({ line: { path, quantity } }: CountedLine): Finding {
  const message = `has the quantity ${quantity.toString()}; it is sent as one item at the line's total`;
  return { code: "mapper.adjusted", path, message };
}

function discountTooLarge(asked: number, whole: number, digits: number): Finding {
  const amounts = `${formatMinor(asked, digits)} against ${formatMinor(whole, digits)}`;
  const message = `is more than the lines, ${amounts}: the lines are sent as 0`;
  return { code: "mapper.does-not-add-up", path: "discount", message };
}
