// The shop counts in whole cents, so that no sum has a rounding error.

const format = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

/** An amount for the page: `$1,249.95`. */
export function formatPrice(cents: number): string {
  return format.format(cents / 100);
}

/** An amount as a decimal string: `1249.95`. */
export function decimal(cents: number): string {
  return (cents / 100).toFixed(2);
}
