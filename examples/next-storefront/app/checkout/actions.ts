"use server";

import { packContext } from "@avantlink-s2s/next"; // AvantLink
import { redirect } from "next/navigation";
import { type FieldErrors, readCheckout } from "storefront/checkout.ts";
import { EMPTY_CART, itemsIn } from "storefront/pricing.ts";
import { store } from "../../lib/database.ts";
import { tracker } from "../../lib/tracker.ts"; // AvantLink
import { changeSession, currentCart } from "../../lib/visitor.ts";

/** What the form shows again when something in it was wrong. */
export interface CheckoutState {
  readonly typed: Readonly<Record<string, string>>;
  readonly errors: FieldErrors;
}

export async function placeOrder(_before: CheckoutState, form: FormData): Promise<CheckoutState> {
  const cart = await currentCart();
  // Sent twice by an impatient finger: the first one emptied the cart. In one process, that is; see the README.
  if (itemsIn(cart) === 0) redirect("/checkout/thank-you");
  const typed = Object.fromEntries(
    [...form].flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );
  const checkout = readCheckout(typed);
  if (!checkout.delivery) return { typed, errors: checkout.errors };
  const { orders, payments } = store();
  const orderNumber = orders.place(cart, checkout.delivery);
  payments.charge(orderNumber, {
    ...packContext(await tracker.contextOf()), // AvantLink: the payment's webhook brings it back
  });
  await changeSession({ cart: EMPTY_CART, orderNumber });
  redirect("/checkout/thank-you");
}
