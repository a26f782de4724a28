/** An exact decimal: `units` × 10^-`scale`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

const plain = /^(-?)(\d+)(?:\.(\d+))?$/;

/** Whether a value is a decimal number written as a string. */
export function isDecimalText(value: unknown): value is string {
  return typeof value === "string" && plain.test(value);
}

/** Reads a JSON number, or a decimal string, without rounding; nothing when it is neither. */
export function toDecimal(value: unknown): Decimal | undefined {
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  const match = plain.exec(String(value));
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = ""] = match;
  // A longer number is no amount of money, and BigInt would take its time over a megabyte of digits.
  if (whole.length + fraction.length > 40) return undefined;
  return { units: BigInt(`${sign}${whole}${fraction}`), scale: fraction.length };
}

/** The units of a decimal at a scale that is at least its own. */
export function unitsAt(decimal: Decimal, scale: number): bigint {
  return decimal.units * 10n ** BigInt(scale - decimal.scale);
}

/** Writes units at a scale as people do: `-1.05`. */
export function formatUnits(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale === 0 ? "" : `.${digits.slice(-scale)}`;
  return `${units < 0n ? "-" : ""}${whole}${fraction}`;
}
