import { countries } from "storefront/checkout.ts";
import { formatPrice } from "storefront/money.ts";
import type { PlacedOrder } from "storefront/orders.ts";
import { type Html, html } from "../html.ts";
import { layout } from "./layout.ts";
import { totalsList } from "./totals.ts";

export function thankYouPage({ number, delivery, newCustomer, coupon, lines, totals }: PlacedOrder): Html {
  const { name, street, city, state, postcode, country } = delivery;
  return layout(
    { title: `Order ${number}`, itemsInCart: 0 },
    html`
<h1>Thank you, ${name}</h1>
<p class="lead">Your order is <strong data-order="number">${number}</strong>. ${newCustomer ? "Welcome to the shop!" : "Good to see you again!"}</p>
<div class="columns">
  <section aria-label="What you bought">
    <ul class="brief">${lines.map(
      ({ name: product, unitPrice, quantity }) =>
        html`<li><span>${quantity} × ${product}</span> <span>${formatPrice(unitPrice * quantity)}</span></li>`,
    )}</ul>
    ${totalsList(totals, coupon)}
  </section>
  <section class="panel" aria-label="Delivery">
    <h2>On its way to</h2>
    <address>${name}<br>${street}<br>${city}, ${state} ${postcode}<br>${countries[country] ?? country}</address>
    <p class="quiet">In this example shop nothing is packed and nothing was charged.</p>
    <p><a href="/">Back to the gear</a></p>
  </section>
</div>`,
  );
}
