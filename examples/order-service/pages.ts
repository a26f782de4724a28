import { countries } from "./basket.ts";
import { catalog } from "./catalog.ts";
import type { OrderStatus } from "./orders.ts";

// What is put into these pages is the shop's own: nothing that a shopper typed comes back.

export function shopPage(): string {
  return page(
    "Gear for two nights out",
    `<form name="checkout" method="post" action="/checkout">
${catalog
  .map(
    ({ sku, name, price }) =>
      `<p><label>${name}, ${dollars(price)} <input name="quantity-${sku}" type="number" min="0" max="20" value="0"></label></p>`,
  )
  .join("\n")}
<p><label>Coupon <input name="coupon"></label></p>
<p><label>E-mail <input name="email" type="email" autocomplete="email" required></label></p>
<p><label>State <input name="state" autocomplete="address-level1" required></label></p>
<p><label>Country <select name="country" autocomplete="country">${countries.map((code) => `<option>${code}</option>`).join("")}</select></label></p>
<button>To the payment</button>
</form>`,
  );
}

export function orderPage({ number, status, total }: OrderStatus): string {
  const state = status === "paid" ? "It is paid." : "We are waiting for your payment.";
  return page(
    `Order <span data-order="number">${number}</span>`,
    `<p data-order="status" data-status="${status}">${dollars(total)}. ${state}</p>`,
  );
}

function page(title: string, main: string): string {
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Larch &amp; Lantern</title>
<h1>${title}</h1>
${main}
<p>An example shop. Nothing is sold here and nothing is charged.</p>
</html>
`;
}

function dollars(cents: number): string {
  return `$${(cents / 100).toFixed(2)}`;
}
