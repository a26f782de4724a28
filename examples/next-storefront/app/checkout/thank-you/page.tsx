import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { countries } from "storefront/checkout.ts";
import { formatPrice } from "storefront/money.ts";
import { TotalsList } from "../../../components/totals-list.tsx";
import { store } from "../../../lib/database.ts";
import { orderForAvantLink } from "../../../lib/order-for-avantlink.ts"; // AvantLink
import { tracker } from "../../../lib/tracker.ts"; // AvantLink
import { currentSession } from "../../../lib/visitor.ts";

export const metadata: Metadata = { title: "Thank you" };

export default async function ThankYouPage() {
  const order = store().orders.find((await currentSession()).orderNumber);
  if (!order) redirect("/cart");
  await tracker.trackOrder(orderForAvantLink(order)); // AvantLink: sends the order, once however often the page is shown
  const { number, delivery, newCustomer, coupon, lines, totals } = order;
  const { name, street, city, state, postcode, country } = delivery;
  return (
    <>
      <h1>Thank you, {name}</h1>
      <p className="lead">
        Your order is <strong data-order="number">{number}</strong>.{" "}
        {newCustomer ? "Welcome to the shop!" : "Good to see you again!"}
      </p>
      <div className="columns">
        <section aria-label="What you bought">
          <ul className="brief">
            {lines.map(({ sku, name: product, unitPrice, quantity }) => (
              <li key={sku}>
                <span>
                  {quantity} × {product}
                </span>{" "}
                <span>{formatPrice(unitPrice * quantity)}</span>
              </li>
            ))}
          </ul>
          <TotalsList totals={totals} coupon={coupon} />
        </section>
        <section className="panel" aria-label="Delivery">
          <h2>On its way to</h2>
          <address>
            {name}
            <br />
            {street}
            <br />
            {city}, {state} {postcode}
            <br />
            {countries[country] ?? country}
          </address>
          <p className="quiet">In this example shop nothing is packed and nothing was charged.</p>
          <p>
            <Link href="/">Back to the gear</Link>
          </p>
        </section>
      </div>
    </>
  );
}
