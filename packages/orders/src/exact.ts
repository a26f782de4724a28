import { type Decimal, decimal } from "@avantlink-s2s/core/money";

/** An exact amount in major units, before any rounding. */
export type Exact = Decimal;

/** An amount that the code itself names. */
export function exact(value: number): Exact {
  const amount = decimal(value);
  if (!amount) throw new RangeError(`${value} is no amount`);
  return amount;
}

export const NOTHING: Exact = exact(0);

export function total(amounts: Iterable<Exact>): Exact {
  let sum = NOTHING;
  for (const amount of amounts) sum = sum.plus(amount);
  return sum;
}

/** `part / whole` of an amount; the amount itself when there is no whole to divide by. */
export function share(amount: Exact, part: Exact, whole: Exact): Exact {
  return whole.eq(0) ? amount : amount.times(part).div(whole);
}
