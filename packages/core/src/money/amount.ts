import Big from "big.js";

/**
 * An amount of money in major units (dollars, not cents): a number, a decimal string such as `"19.99"`, or an object
 * whose `toString()` gives such a string (decimal.js, big.js, Prisma). Strings are exact; a number counts as the
 * decimal that it prints as, so `1.005` is 1.005.
 */
export type Money = number | string | DecimalObject;

/** An object of a decimal library. */
export interface DecimalObject {
  toString(): string;
  toFixed(decimals?: number): string;
}

/** Upper bound of an amount, in major units. With four decimals it is still a safe integer of minor units. */
export const MAX_AMOUNT = 100_000_000_000;

/**
 * An amount as a number or a text; nothing where the value is neither and has no `toString()` of its own, as plain
 * objects and lists. Calls `toString()` once. Never throws.
 */
export function readMoney(value: unknown): number | string | undefined {
  if (typeof value === "number" || typeof value === "string") return value;
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return undefined;
  try {
    const toText: unknown = Array.isArray(value) ? undefined : Reflect.get(value, "toString");
    if (typeof toText !== "function" || toText === Object.prototype.toString) return undefined;
    const text: unknown = toText.call(value);
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined;
  }
}

/** An exact decimal of any size, as far as sums of money need one. Immutable. */
export interface Decimal {
  plus(other: Decimal | number | string): Decimal;
  minus(other: Decimal | number | string): Decimal;
  times(other: Decimal | number | string): Decimal;
  /** To twenty decimals. @throws Error when `other` is zero */
  div(other: Decimal | number | string): Decimal;
  mod(other: Decimal | number | string): Decimal;
  abs(): Decimal;
  /** @default decimals 0, mode half away from zero */
  round(decimals?: number, mode?: 0 | 1 | 2 | 3): Decimal;
  cmp(other: Decimal | number | string): -1 | 0 | 1;
  eq(other: Decimal | number | string): boolean;
  gt(other: Decimal | number | string): boolean;
  gte(other: Decimal | number | string): boolean;
  lt(other: Decimal | number | string): boolean;
  lte(other: Decimal | number | string): boolean;
  toNumber(): number;
  toFixed(decimals?: number): string;
  toString(): string;
}

// big.js counts its rounding modes; its 1 is half away from zero.
const HALF_AWAY = 1;
const PLAIN = /^(\d{1,12})(?:\.(\d{1,4}))?$/;
// Oracle writes .99 for 0.99.
const DECIMAL = /^[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:e[+-]?\d{1,2})?$/i;

/** The exact decimal of an amount, or nothing when it is not one. */
export function decimal(value: unknown): Decimal | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? exact(value) : undefined;
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return DECIMAL.test(text) ? exact(text) : undefined;
}

// Published types name no package that a shop would have to install for them. big.js throws at a plus sign.
function exact(value: number | string): Decimal {
  return new Big(typeof value === "string" ? value.replace("+", "") : value) as unknown as Decimal;
}

/**
 * `amount × times` in whole minor units, rounded once, half away from zero: `toMinor(1.005, 2)` is 101.
 * Nothing when the value is not an amount or its product is larger than {@link MAX_AMOUNT}.
 */
export function toMinor(value: unknown, digits: number, times = 1): number | undefined {
  const whole = Number.isInteger(times);
  const isPlain = whole && (typeof value === "number" || typeof value === "string");
  const plain = isPlain ? PLAIN.exec(String(value)) : null;
  const fraction = plain?.[2] ?? "";
  if (plain && fraction.length <= digits) {
    const minor = Number(plain[1]) * 10 ** digits + Number(fraction.padEnd(digits, "0") || 0);
    return withinBounds(minor * times, digits);
  }
  const product = decimal(value)?.times(times);
  if (!product || product.abs().gt(MAX_AMOUNT)) return undefined;
  return decimalToMinor(product, digits);
}

function withinBounds(minor: number, digits: number): number | undefined {
  return minor <= MAX_AMOUNT * 10 ** digits ? minor : undefined;
}

/** A decimal in whole minor units, half away from zero. */
export function decimalToMinor(value: Decimal, digits: number): number {
  const minor = value
    .times(10 ** digits)
    .round(0, HALF_AWAY)
    .toNumber();
  return minor === 0 ? 0 : minor;
}

/** Minor units as the number that goes on the wire: `fromMinor(1999, 2)` is 19.99. */
export function fromMinor(minor: number, digits: number): number {
  // Both are exact integers below 2^53, so the quotient is the double nearest to the decimal, which prints as it.
  return digits === 0 ? minor : minor / 10 ** digits;
}

/** Minor units as a decimal string: `formatMinor(1990, 2)` is `"19.90"`. */
export function formatMinor(minor: number, digits: number): string {
  return new Big(minor).div(new Big(10).pow(digits)).toFixed(digits);
}
