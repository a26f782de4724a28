// The shop counts in whole cents, so that no sum is ever off by a float.

const format = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

/** An amount as a shopper reads it: `$1,249.95`. */
export function shown(cents: number): string {
  return format.format(cents / 100);
}

/** An amount as a decimal string: `1249.95`. */
export function decimal(cents: number): string {
  return (cents / 100).toFixed(2);
}
