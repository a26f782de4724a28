import type { Decimal } from "@avantlink-s2s/core/money";

/** The money of one line of a platform's order. */
export interface SoldLine {
  /** The line's place in the platform's order, as in `line_items[2]`. */
  readonly path: string;
  readonly sku?: string | undefined;
  /** What the shopper paid for the whole line: after the discounts allocated to the line, before tax. */
  readonly total: Decimal;
  readonly quantity: Decimal;
  /** How many items have which price, where the items of the line have several prices (the second at half price). */
  readonly prices?: readonly { readonly quantity: number; readonly total: Decimal }[] | undefined;
}

/** What the platform itself says that the goods cost. The lines are compared with this amount. */
export interface StatedTotal {
  /** The amount, or each amount that the platform's documentation allows. A finding names the first. */
  readonly amounts: readonly Decimal[];
  /** The platform's field that holds the amount. */
  readonly path: string;
  /** How many minor units the platform's own rounding may put between this amount and the lines. @default 0 */
  readonly slack?: number | undefined;
  /** Whether this amount is the order's subtotal even where the lines come to another sum. @default false */
  readonly wins?: boolean | undefined;
}

/** The exact lines and totals of an order. */
export interface OrderMoney<Line = SoldLine> {
  readonly lines: readonly Line[];
  /** A discount on the order that the platform did not allocate to lines. */
  readonly discount?: Decimal | undefined;
  readonly stated?: StatedTotal | undefined;
}
