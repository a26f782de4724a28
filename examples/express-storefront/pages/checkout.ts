import { type CheckoutField, countries, type FieldErrors } from "storefront/checkout.ts";
import { ADDRESS_FIELDS, CARD_FIELDS, type TextField } from "storefront/checkout-fields.ts";
import { formatPrice } from "storefront/money.ts";
import { type Cart, cartLines, itemsIn, totalsOf } from "storefront/pricing.ts";
import { type Html, html } from "../html.ts";
import { layout } from "./layout.ts";
import { totalsList } from "./totals.ts";

type Typed = Readonly<Record<string, unknown>>;

export function checkoutPage(cart: Cart, typed: Typed = {}, errors: FieldErrors = {}): Html {
  const totals = totalsOf(cart);
  return layout(
    { title: Object.keys(errors).length > 0 ? "Error: Checkout" : "Checkout", itemsInCart: itemsIn(cart) },
    html`
<h1>Checkout</h1>
${summary(errors)}
<div class="columns">
  <form name="checkout" method="post" action="/checkout" class="checkout" novalidate>
    <fieldset>
      <legend>Where to</legend>
      ${ADDRESS_FIELDS.map((field) => textField(field, typed, errors))}
      ${countryField(typed, errors)}
    </fieldset>
    <fieldset>
      <legend>Pretend card</legend>
      <p class="note">No real card, please. This form only looks like one: nothing is charged, and what is in it is
      thrown away.</p>
      ${CARD_FIELDS.map((field) => textField(field, typed, errors))}
    </fieldset>
    <button class="wide">Pay ${formatPrice(totals.total)} (pretend)</button>
  </form>
  <section class="panel" aria-label="Your order">
    <h2>Your order</h2>
    <ul class="brief">${cartLines(cart).map(
      ({ product, quantity }) =>
        html`<li><span>${quantity} × ${product.name}</span> <span>${formatPrice(product.price * quantity)}</span></li>`,
    )}</ul>
    ${totalsList(totals, cart.coupon)}
    <p><a href="/cart">Change the cart</a></p>
  </section>
</div>`,
  );
}

function summary(errors: FieldErrors): Html | false {
  const entries = Object.entries(errors);
  return (
    entries.length > 0 &&
    html`
<div class="problem" role="alert">
  <h2>Please look at this again</h2>
  <ul>${entries.map(([name, message]) => html`<li><a href="#${name}">${message}</a></li>`)}</ul>
</div>`
  );
}

function textField(
  { name, label, autocomplete, type = "text", numeric, value }: TextField,
  typed: Typed,
  errors: FieldErrors,
): Html {
  const now = typed[name];
  return html`
<div class="field ${name}">
  <label for="${name}">${label}</label>
  <input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" maxlength="120" required${numeric === true && html` inputmode="numeric"`} value="${typeof now === "string" ? now : (value ?? "")}"${marked(name, errors)}>
  ${errorLine(name, errors)}
</div>`;
}

function countryField(typed: Typed, errors: FieldErrors): Html {
  return html`
<div class="field country">
  <label for="country">Country</label>
  <select id="country" name="country" autocomplete="country" required${marked("country", errors)}>${Object.entries(
    countries,
  ).map(
    ([code, name]) =>
      html`<option value="${code}"${typed.country === code && html` selected`}>${name}</option>`,
  )}</select>
  ${errorLine("country", errors)}
</div>`;
}

function marked(name: CheckoutField, errors: FieldErrors): Html | false {
  return errors[name] !== undefined && html` aria-invalid="true" aria-describedby="${name}-error"`;
}

function errorLine(name: CheckoutField, errors: FieldErrors): Html | false {
  const message = errors[name];
  return message !== undefined && html`<p class="error" id="${name}-error">${message}</p>`;
}
