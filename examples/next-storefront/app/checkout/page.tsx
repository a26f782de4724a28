import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { countries } from "storefront/checkout.ts";
import { formatPrice } from "storefront/money.ts";
import { cartLines, itemsIn, totalsOf } from "storefront/pricing.ts";
import { CheckoutForm } from "../../components/checkout-form.tsx";
import { TotalsList } from "../../components/totals-list.tsx";
import { currentCart } from "../../lib/visitor.ts";

export const metadata: Metadata = { title: "Checkout" };

export default async function CheckoutPage() {
  const cart = await currentCart();
  if (itemsIn(cart) === 0) redirect("/cart");
  const totals = totalsOf(cart);
  return (
    <>
      <h1>Checkout</h1>
      <div className="columns">
        <CheckoutForm total={formatPrice(totals.total)} countries={countries} />
        <section className="panel" aria-label="Your order">
          <h2>Your order</h2>
          <ul className="brief">
            {cartLines(cart).map(({ product, quantity }) => (
              <li key={product.sku}>
                <span>
                  {quantity} × {product.name}
                </span>{" "}
                <span>{formatPrice(product.price * quantity)}</span>
              </li>
            ))}
          </ul>
          <TotalsList totals={totals} coupon={cart.coupon} />
          <p>
            <Link href="/cart">Change the cart</Link>
          </p>
        </section>
      </div>
    </>
  );
}
