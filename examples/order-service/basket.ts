import * as z from "zod";
import { catalogue } from "./catalogue.ts";

export const countries = ["US", "CA"] as const;

// Both are examples: a real shop runs its coupons and its shipping from a back office.
const COUPON_PERCENT: Readonly<Record<string, number>> = { TRAIL15: 15 };
const SHIPPING = 695;
const MOST_OF_ONE = 20;

/** One line of an order. */
export interface Line {
  readonly sku: string;
  /** The price of one, in cents, before the coupon. */
  readonly unitPrice: number;
  readonly quantity: number;
}

/** What a shopper wants to buy, priced. */
export interface Basket {
  readonly email: string;
  readonly country: string;
  readonly state: string;
  readonly lines: readonly Line[];
  readonly coupon: string | null;
  /** What the coupon takes off the order as a whole, in cents. */
  readonly discount: number;
  /** What is paid for the goods, in cents. */
  readonly subtotal: number;
  /** What the shopper pays, in cents. */
  readonly total: number;
}

const form = z.object({
  email: z.string().trim().pipe(z.email()),
  country: z.enum(countries),
  state: z.string().trim().min(1).max(40),
  coupon: z
    .string()
    .trim()
    .toUpperCase()
    .refine((code) => code === "" || Object.hasOwn(COUPON_PERCENT, code)),
});

/** Reads and prices what the shop's form posts; nothing when it is not filled in as it should be. */
export function readBasket(body: unknown): Basket | undefined {
  const read = form.safeParse(body);
  const lines = catalogue.flatMap(({ sku, price }): Line[] => {
    const quantity = Number(Reflect.get(Object(body), `quantity-${sku}`) || 0);
    return quantity === 0 ? [] : [{ sku, unitPrice: price, quantity }];
  });
  const counted = lines.every(
    ({ quantity }) => Number.isInteger(quantity) && quantity > 0 && quantity <= MOST_OF_ONE,
  );
  if (!read.success || lines.length === 0 || !counted) return undefined;
  const { coupon, ...shopper } = read.data;
  const goods = lines.reduce((sum, { unitPrice, quantity }) => sum + unitPrice * quantity, 0);
  const discount = Math.round((goods * (COUPON_PERCENT[coupon] ?? 0)) / 100);
  const subtotal = goods - discount;
  return { ...shopper, lines, coupon: coupon || null, discount, subtotal, total: subtotal + SHIPPING };
}
