import * as z from "zod";
import { catalog } from "./catalog.ts";

export const countries = ["US", "CA"] as const;

// Both are examples: a real shop keeps its coupons and its shipping costs in its database.
const COUPON_PERCENT: Readonly<Record<string, number>> = { TRAIL15: 15 };
const SHIPPING = 695;
const MAX_QUANTITY = 20;

/** One line of an order. */
export interface Line {
  readonly sku: string;
  /** The price of one, in cents, before the coupon. */
  readonly unitPrice: number;
  readonly quantity: number;
}

/** The goods that a shopper wants to buy, with their prices. */
export interface Basket {
  readonly email: string;
  readonly country: string;
  readonly state: string;
  readonly lines: readonly Line[];
  readonly coupon: string | null;
  /** The coupon's discount on the whole order, in cents. */
  readonly discount: number;
  /** The goods after the discount, in cents. */
  readonly subtotal: number;
  /** The amount that the shopper pays, in cents. */
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

/** Reads the posted form and adds the prices. Gives `undefined` for a form with a fault. */
export function readBasket(body: unknown): Basket | undefined {
  const read = form.safeParse(body);
  const lines = catalog.flatMap(({ sku, price }): Line[] => {
    const quantity = Number(Reflect.get(Object(body), `quantity-${sku}`) || 0);
    return quantity === 0 ? [] : [{ sku, unitPrice: price, quantity }];
  });
  const counted = lines.every(
    ({ quantity }) => Number.isInteger(quantity) && quantity > 0 && quantity <= MAX_QUANTITY,
  );
  if (!read.success || lines.length === 0 || !counted) return undefined;
  const { coupon, ...shopper } = read.data;
  const goods = lines.reduce((sum, { unitPrice, quantity }) => sum + unitPrice * quantity, 0);
  const discount = Math.round((goods * (COUPON_PERCENT[coupon] ?? 0)) / 100);
  const subtotal = goods - discount;
  return { ...shopper, lines, coupon: coupon || null, discount, subtotal, total: subtotal + SHIPPING };
}
