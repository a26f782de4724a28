import { decimal, formatPrice } from "storefront/money.ts";
import type { Totals } from "storefront/pricing.ts";
import { type Html, html } from "../html.ts";

/** What is paid for the goods, and the whole sum below it: two amounts that are easily mistaken for each other. */
export function totalsList(totals: Totals, coupon: string | undefined): Html {
  return html`
<dl class="totals">
  ${totals.discount > 0 && html`${row("goods", "Goods", totals.goods)}${row("discount", `Coupon ${coupon ?? ""}`, -totals.discount)}`}
  ${row("subtotal", "Subtotal", totals.subtotal)}
  ${row("shipping", "Shipping", totals.shipping)}
  ${row("tax", "Sales tax", totals.tax)}
  ${row("total", "Total", totals.total)}
</dl>`;
}

function row(name: string, label: string, cents: number): Html {
  return html`<div class="${name}"><dt>${label}</dt><dd><data data-order="${name}" value="${decimal(cents)}">${formatPrice(cents)}</data></dd></div>`;
}
