import fc from "fast-check";

/** A cart as a shopper fills it; amounts in whole minor units, rates in hundredths of a percent. */
export interface Cart {
  readonly currency: string;
  readonly digits: number;
  readonly lines: readonly CartLine[];
  /** A coupon's discount on all the goods. */
  readonly discount: number;
  /** The same in percent of the goods, for platforms that compute it. */
  readonly discountRate: number;
  readonly taxRate: number;
  readonly taxIncluded: boolean;
  readonly shipping: number;
  readonly shippingDiscount: number;
  /** A gift card that is bought with the goods. */
  readonly giftCard: number | undefined;
}

interface CartLine {
  readonly sku: string;
  /** The listed price of one item, with tax where prices include it. */
  readonly unit: number;
  readonly quantity: number;
  /** What a discount on the line takes off all of it. */
  readonly discount: number;
}

/** What was sold of one line: `exact` is what the shopper paid for it before tax, in minor units. */
export interface Sold {
  readonly sku: string;
  readonly quantity: number;
  readonly exact: number;
}

const aLine = fc
  .record({
    unit: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 250_000 })),
    quantity: fc.integer({ min: 1, max: 12 }),
    discountRate: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 10_000 })),
  })
  .map(({ unit, quantity, discountRate }) => ({
    unit,
    quantity,
    discount: Math.floor((unit * quantity * discountRate) / 10_000),
  }));

export const aCart: fc.Arbitrary<Cart> = fc
  .record({
    money: fc.constantFrom(["USD", 2], ["EUR", 2], ["JPY", 0], ["KWD", 3]),
    lines: fc.array(aLine, { minLength: 1, maxLength: 8 }),
    discountRate: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 10_000 })),
    taxRate: fc.constantFrom(0, 700, 1900, 2000, 2550),
    taxIncluded: fc.boolean(),
    shipping: fc.integer({ min: 0, max: 3_000 }),
    shippingDiscount: fc.integer({ min: 0, max: 3_000 }),
    giftCard: fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: undefined, freq: 4 }),
  })
  .map(({ money: [currency, digits], ...cart }) => {
    const goods = sum(cart.lines.map(({ unit, quantity, discount }) => unit * quantity - discount));
    return {
      ...cart,
      currency: String(currency),
      digits: Number(digits),
      lines: cart.lines.map((line, index) => ({ ...line, sku: `SKU-${index + 1}` })),
      discount: Math.floor((goods * cart.discountRate) / 10_000),
      shippingDiscount: Math.min(cart.shipping, cart.shippingDiscount),
    };
  });

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

/** Divides an amount in proportion to weights, rounding as it goes, as most platforms do. */
export function allocate(amount: number, weights: readonly number[]): readonly number[] {
  const whole = sum(weights);
  let [weight, given] = [0, 0];
  return weights.map((part) => {
    weight += part;
    const upTo = whole === 0 ? 0 : Math.round((amount * weight) / whole);
    const own = upTo - given;
    given = upTo;
    return own;
  });
}

/** The tax in a price that includes tax, or on a price that does not. */
export function taxOn(amount: number, cart: Pick<Cart, "taxRate" | "taxIncluded">): number {
  const rate = cart.taxRate / 10_000;
  return Math.round(cart.taxIncluded ? (amount * rate) / (1 + rate) : amount * rate);
}

/** Minor units as the decimal string that a platform writes. */
export function major(minor: number, digits: number): string {
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  const point = text.length - digits;
  return `${minor < 0 ? "-" : ""}${text.slice(0, point)}${digits > 0 ? `.${text.slice(point)}` : ""}`;
}
