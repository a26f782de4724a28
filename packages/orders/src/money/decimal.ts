import { type Decimal, decimal } from "@avantlink-s2s/core/money";

export type { Decimal } from "@avantlink-s2s/core/money";

/** The exact decimal of a number that is written in this package's own code. */
export function exact(value: number): Decimal {
  const amount = decimal(value);
  if (!amount) throw new RangeError(`${value} is not an amount`);
  return amount;
}

export const ZERO: Decimal = exact(0);
export const ONE: Decimal = exact(1);

export function sum(amounts: Iterable<Decimal>): Decimal {
  let total = ZERO;
  for (const amount of amounts) total = total.plus(amount);
  return total;
}

/** `amount × part / whole`, or the amount itself where the whole is zero. */
export function share(amount: Decimal, part: Decimal, whole: Decimal): Decimal {
  return whole.eq(0) ? amount : amount.times(part).div(whole);
}
