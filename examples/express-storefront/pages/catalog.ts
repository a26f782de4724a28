import type { Product } from "storefront/catalog.ts";
import { formatPrice } from "storefront/money.ts";
import { type Html, html } from "../html.ts";
import { layout } from "./layout.ts";

export function catalogPage(products: readonly Product[], itemsInCart: number): Html {
  return layout(
    { title: "Gear for quiet places", itemsInCart },
    html`
<div class="hero">
  <h1>Gear for quiet places</h1>
  <p>Eight things that we take along ourselves, and mend when they break.</p>
</div>
<ul class="shelf">${products.map(card)}</ul>`,
  );
}

function card({ slug, name, summary, price }: Product): Html {
  return html`
  <li class="item">
    <img src="/products/${slug}.svg" alt="" width="320" height="240">
    <h2><a href="/products/${slug}">${name}</a></h2>
    <p>${summary}</p>
    <p class="price">${formatPrice(price)}</p>
  </li>`;
}
