"use server";

import { redirect } from "next/navigation";
import { productBySku } from "storefront/catalog.ts";
import { knownCoupon, withQuantity } from "storefront/pricing.ts";
import { changeSession, currentCart } from "../../lib/visitor.ts";

export async function addToCart(form: FormData): Promise<void> {
  const product = productBySku(form.get("sku"));
  if (!product) return;
  const cart = await currentCart();
  const quantity = (cart.items[product.sku] ?? 0) + wholeNumber(form.get("quantity"), 1);
  await changeSession({ cart: withQuantity(cart, product, quantity) });
  redirect("/cart");
}

export async function setQuantity(form: FormData): Promise<void> {
  const product = productBySku(form.get("sku"));
  if (!product) return;
  // A button's own value comes after the field's.
  const quantity = wholeNumber(form.getAll("quantity").at(-1), 0);
  await changeSession({ cart: withQuantity(await currentCart(), product, quantity) });
  redirect("/cart");
}

export async function applyCoupon(form: FormData): Promise<void> {
  const typed = String(form.get("code") ?? "").trim();
  const coupon = knownCoupon(typed);
  if (coupon === undefined && typed !== "")
    redirect(`/cart?unknown=${encodeURIComponent(typed.slice(0, 40))}`);
  await changeSession({ cart: { ...(await currentCart()), coupon } });
  redirect("/cart");
}

function wholeNumber(value: unknown, least: number): number {
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= least ? number : least;
}
