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
