import { formatPrice } from "storefront/money.ts";
import { type Cart, type CartLine, cartLines, itemsIn, MAX_QUANTITY, totalsOf } from "storefront/pricing.ts";
import { type Html, html } from "../html.ts";
import { layout } from "./layout.ts";

export function cartPage(cart: Cart, unknownCoupon?: string): Html {
  const lines = cartLines(cart);
  const frame = { title: "Your cart", itemsInCart: itemsIn(cart) };
  if (lines.length === 0) {
    return layout(
      frame,
      html`<div class="message"><h1>Your cart is empty</h1><p>Light to carry, but short of a mug.</p><p><a class="button" href="/">Look at the gear</a></p></div>`,
    );
  }
  const { discount, subtotal } = totalsOf(cart);
  return layout(
    frame,
    html`
<h1>Your cart</h1>
<div class="columns">
  <ul class="lines">${lines.map(line)}</ul>
  <section class="panel" aria-label="Sum">
    ${couponForm(cart.coupon, unknownCoupon)}
    <dl class="totals">
      ${discount > 0 && html`<div class="discount"><dt>Coupon ${cart.coupon ?? ""}</dt><dd>${formatPrice(-discount)}</dd></div>`}
      <div class="total"><dt>Subtotal</dt><dd>${formatPrice(subtotal)}</dd></div>
    </dl>
    <p class="quiet">Shipping and tax come on top, at checkout.</p>
    <p><a class="button wide" href="/checkout">Check out</a></p>
  </section>
</div>`,
  );
}

function line({ product: { sku, slug, name, price }, quantity }: CartLine): Html {
  return html`
  <li class="line">
    <img src="/products/${slug}.svg" alt="" width="96" height="72">
    <div>
      <h2><a href="/products/${slug}">${name}</a></h2>
      <p class="quiet">${formatPrice(price)} each</p>
    </div>
    <form method="post" action="/cart/quantity" class="quantity">
      <input type="hidden" name="sku" value="${sku}">
      <label class="unseen" for="quantity-${sku}">How many of ${name}</label>
      <input id="quantity-${sku}" name="quantity" type="number" inputmode="numeric" min="0" max="${MAX_QUANTITY}" value="${quantity}" required>
      <button class="plain">Update<span class="unseen"> ${name}</span></button>
      <button class="plain" name="quantity" value="0" formnovalidate>Remove<span class="unseen"> ${name}</span></button>
    </form>
    <p class="price">${formatPrice(price * quantity)}</p>
  </li>`;
}

function couponForm(coupon: string | undefined, unknown: string | undefined): Html {
  const wrong = unknown !== undefined;
  return html`
<form name="coupon" method="post" action="/cart/coupon" class="coupon">
  <label for="code">Coupon code</label>
  <div class="pair">
    <input id="code" name="code" value="${unknown ?? coupon ?? ""}" maxlength="40" autocomplete="off" spellcheck="false"${wrong && html` aria-invalid="true" aria-describedby="code-error"`}>
    <button class="plain">Apply</button>
  </div>
  ${wrong ? html`<p class="error" id="code-error">We do not know this code.</p>` : html`<p class="quiet">${coupon === undefined ? "Try TRAIL15: 15 % off the whole order." : "Applied to the whole order. Empty it to take it off."}</p>`}
</form>`;
}
