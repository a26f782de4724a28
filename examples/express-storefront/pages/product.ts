import type { Product } from "storefront/catalog.ts";
import { decimal, formatPrice } from "storefront/money.ts";
import { MAX_QUANTITY } from "storefront/pricing.ts";
import { type Html, html } from "../html.ts";
import { layout } from "./layout.ts";

export function productPage(
  { sku, slug, name, summary, description, price }: Product,
  itemsInCart: number,
): Html {
  return layout(
    { title: name, itemsInCart },
    html`
<p class="back"><a href="/">← All gear</a></p>
<article class="product" itemscope itemtype="https://schema.org/Product">
  <img src="/products/${slug}.svg" alt="" width="640" height="480">
  <div>
    <h1 itemprop="name">${name}</h1>
    <p class="lead">${summary}</p>
    <p class="price" itemprop="offers" itemscope itemtype="https://schema.org/Offer">
      <data itemprop="price" value="${decimal(price)}">${formatPrice(price)}</data>
      <meta itemprop="priceCurrency" content="USD">
      <span class="quiet">before tax and shipping</span>
    </p>
    <form name="add-to-cart" method="post" action="/cart/add" class="add">
      <input type="hidden" name="sku" value="${sku}">
      <label for="quantity">Quantity</label>
      <input id="quantity" name="quantity" type="number" inputmode="numeric" min="1" max="${MAX_QUANTITY}" value="1" required>
      <button>Add to cart</button>
    </form>
    <p itemprop="description">${description}</p>
    <p class="quiet">Item <span itemprop="sku">${sku}</span></p>
  </div>
</article>`,
  );
}
