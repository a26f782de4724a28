/** The median of some rounds, and their spread. */
export interface Figure {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: middle(sorted), least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}

function middle(sorted: readonly number[]): number {
  const half = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(half)] ?? Number.NaN) + (sorted[Math.ceil(half)] ?? Number.NaN)) / 2;
}

/** Round by round beside the same round's other figure, so that a slow moment of the machine slows both. */
export function ratios(values: readonly number[], beside: readonly number[]): number[] {
  return values.map((value, round) => value / (beside[round] ?? Number.NaN));
}

export function plain(value: number, digits = 0): string {
  if (!Number.isFinite(value)) return "–";
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** `1,234 (1,100–1,300)`. */
export function withSpread({ median, least, most }: Figure, digits = 0): string {
  if (!Number.isFinite(median)) return "–";
  return least === most
    ? plain(median, digits)
    : `${plain(median, digits)} (${plain(least, digits)}–${plain(most, digits)})`;
}
