import { type Product, productBySku } from "./catalog.ts";

/** The goods that a shopper picked. The session keeps them. */
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

/** The sums of a cart or an order, in cents. */
export interface Totals {
  /** The goods at their catalog prices. */
  readonly goods: number;
  /** The coupon's discount on the whole order. */
  readonly discount: number;
  /** The goods after the discount, before tax and shipping. */
  readonly subtotal: number;
  readonly shipping: number;
  readonly tax: number;
  /** The amount that the shopper pays. */
  readonly total: number;
}

export const EMPTY_CART: Cart = { items: {} };
/** The most of one product that a cart may hold. */
export const MAX_QUANTITY = 20;

const SHIPPING = 695;
// Both are examples: a real shop asks its tax service, and keeps its coupons in its database.
const TAX_PERCENT = 7.25;
const COUPON_PERCENT: Readonly<Record<string, number>> = { TRAIL15: 15, WELCOME10: 10 };

/** The cart with the product's quantity set. A quantity of 0 removes the line. */
export function withQuantity(cart: Cart, { sku }: Product, quantity: number): Cart {
  const { [sku]: _before, ...others } = cart.items;
  const capped = Math.min(quantity, MAX_QUANTITY);
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

/** The coupon in the shop's own spelling, or `undefined` when there is no such coupon. */
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
