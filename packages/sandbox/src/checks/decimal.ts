// An amount is exact, in units of 10^-40. What has more digits is no amount of money, and BigInt would take its time
// over a megabyte of them.
const MAX_DIGITS = 40;

const plain = /^(-?)(\d+)(?:\.(\d+))?$/;

/** Whether a value is a decimal number written as a string. */
export function isDecimalText(value: unknown): value is string {
  return typeof value === "string" && plain.test(value);
}

/** The units of a JSON number, or of a decimal string, without rounding; nothing when it is neither. */
export function toUnits(value: unknown): bigint | undefined {
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  const [, sign = "", whole = "", fraction = ""] = plain.exec(String(value)) ?? [];
  if (whole === "" || whole.length + fraction.length > MAX_DIGITS) return undefined;
  return BigInt(sign + whole + fraction.padEnd(MAX_DIGITS, "0"));
}

/** The units of one step at so many decimals: of a cent at 2. */
export function stepAt(decimals: number): bigint {
  return 10n ** BigInt(MAX_DIGITS - decimals);
}

/** Writes units as people do, with at least so many decimals: `-1.05`. */
export function formatUnits(units: bigint, decimals: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(MAX_DIGITS + 1, "0");
  const whole = digits.slice(0, -MAX_DIGITS);
  const fraction = digits.slice(-MAX_DIGITS).replace(/0+$/, "").padEnd(decimals, "0");
  return `${units < 0n ? "-" : ""}${whole}${fraction && `.${fraction}`}`;
}
