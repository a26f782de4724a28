import { type Product, productBySku } from "./catalogue.ts";

/** What a shopper has picked; kept in the session. */
export interface Cart {
  /** How many of each SKU. */
  readonly items: Readonly<Record<string, number>>;
  readonly coupon?: string | undefined;
}

/** One line of a cart: a product and how many of it. */
export interface CartLine {
  readonly product: Product;
  readonly quantity: number;
}

/** Where the money goes, in cents. */
export interface Totals {
  /** The goods at their catalogue prices. */
  readonly goods: number;
  /** What the coupon takes off the order as a whole. */
  readonly discount: number;
  /** What is paid for the goods: after the discount, before tax and shipping. */
  readonly subtotal: number;
  readonly shipping: number;
  readonly tax: number;
  /** What the shopper pays. */
  readonly total: number;
}

export const EMPTY_CART: Cart = { items: {} };
export const MOST_OF_ONE = 20;

const SHIPPING = 695;
// Both are examples: a real shop asks its tax service, and runs its coupons from a back office.
const TAX_PERCENT = 7.25;
const COUPON_PERCENT: Readonly<Record<string, number>> = { TRAIL15: 15, WELCOME10: 10 };

/** The cart with a product's quantity set; none of it, and the line is gone. */
export function withQuantity(cart: Cart, { sku }: Product, quantity: number): Cart {
  const { [sku]: _before, ...others } = cart.items;
  const capped = Math.min(quantity, MOST_OF_ONE);
  return { ...cart, items: capped > 0 ? { ...others, [sku]: capped } : others };
}

export function cartLines(cart: Cart): readonly CartLine[] {
  return Object.entries(cart.items).flatMap(([sku, quantity]) => {
    const product = productBySku(sku);
    return product ? [{ product, quantity }] : [];
  });
}

export function itemsIn(cart: Cart): number {
  return cartLines(cart).reduce((sum, { quantity }) => sum + quantity, 0);
}

/** The coupon as the shop writes it, when there is such a coupon. */
export function knownCoupon(typed: string): string | undefined {
  const code = typed.trim().toUpperCase();
  return Object.hasOwn(COUPON_PERCENT, code) ? code : undefined;
}

export function totalsOf(cart: Cart): Totals {
  const goods = cartLines(cart).reduce((sum, { product, quantity }) => sum + product.price * quantity, 0);
  const percent = cart.coupon === undefined ? 0 : (COUPON_PERCENT[cart.coupon] ?? 0);
  const discount = Math.round((goods * percent) / 100);
  const subtotal = goods - discount;
  const tax = Math.round((subtotal * TAX_PERCENT) / 100);
  return { goods, discount, subtotal, shipping: SHIPPING, tax, total: subtotal + SHIPPING + tax };
}
