import { type Decimal, ONE, sum } from "../money/decimal.ts";
import type { JsonField } from "./json-field.ts";
import type { PlatformLine } from "./platform-order.ts";

/** Fees beside the products. A negative fee is a discount on the order; what the others charged is not for goods. */
export function feesOf(list: JsonField, totalOf: (fee: JsonField) => Decimal) {
  const fees = list
    .entries()
    .map((source): PlatformLine => ({ source, total: totalOf(source), quantity: ONE, isFee: true }));
  const charged = fees.map((fee) => fee.total).filter((total) => total.gt(0));
  return { reductions: fees.filter((fee) => fee.total.lt(0)), charged: sum(charged), count: fees.length };
}

/** The fees of an order. */
export type Fees = ReturnType<typeof feesOf>;
