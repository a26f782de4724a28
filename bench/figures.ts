/** The middle of what was measured, and how far the rounds lay apart. */
export interface Figure {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}

/** Of sorted values, the one below which this part of them lies; between two of them, what lies between. */
export function quantile(sorted: readonly number[], part: number): number {
  const place = (sorted.length - 1) * part;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** Round by round against the same round's limit, so that what slows the machine for a while slows both. */
export function ratios(values: readonly number[], limits: readonly number[]): Figure {
  return figureOf(values.map((value, round) => value / (limits[round] ?? Number.NaN)));
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
