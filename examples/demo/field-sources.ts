import { Unexpected, USER_AGENT } from "./shopper.ts";
import type { Landing, Plan, Purchase } from "./walk.ts";

/** Where a field of the order came from. */
export interface Source {
  readonly from: string;
  /** The value that the field must have. */
  readonly expected: unknown;
}

/** The part of the order's JSON that is read here. */
interface OrderBody {
  readonly order: { readonly products: readonly ProductBody[] };
}

interface ProductBody {
  readonly product_sku: string;
  readonly product_amount: number;
  readonly quantity: number;
}

/** Where each field of an order's JSON came from, by its path. */
export function fieldSources(
  body: OrderBody,
  { avad, visitor }: Landing,
  { items, orderNumber, amounts, checkoutUrl, thankYouUrl }: Purchase,
  { coupon, details }: Plan,
): ReadonlyMap<string, Source> {
  const sources = new Map<string, Source>();
  const note = (path: string, expected: unknown, from: string) => sources.set(path, { from, expected });

  note("current_url", thankYouUrl, "the thank-you page's own address");
  note("tracking_ids.user_id", [], "the shopper has no account: a guest");
  note("tracking_ids.visitor_id", [visitor], "cookie avad_visitor, set at the landing");
  note("tracking_ids.avantlink_avad", avad, "cookie avad, set at the landing from ?avad=");
  note("user_agent", USER_AGENT, "the shopper's User-Agent header");
  note("user_ip_address", "127.0.0.1", "the shopper's connection: this machine");
  note("referrer_url", checkoutUrl, "the shopper's Referer header: the page before");
  note("google_click_id", "", "there was no ?gclid= at the landing");
  note("custom_tracking_code", "", "the shop gave none");

  note("order.order_number", orderNumber, "the shop's own; the thank-you page shows it");
  const { goods, discount, subtotal } = amounts;
  note(
    "order.order_amount_subtotal",
    Number(subtotal),
    `goods ${goods}, coupon ${discount}; no shipping, no tax`,
  );
  note("order.currency", "USD", "the shop's order");
  note("order.coupon_codes", [coupon], "the code that the shopper typed");
  note("order.customer.new_customer", true, "no earlier order with this e-mail address");
  note("order.customer.country", details.country, "the checkout form");
  note("order.customer.region", "", "the shop does not ask for it");
  note("order.customer.state", details["address-level1"], "the checkout form");

  const seen = new Set<string>();
  body.order.products.forEach(({ product_sku, product_amount, quantity }, index) => {
    const at = `order.products[${index}]`;
    const item = items.find(({ sku }) => sku === product_sku);
    if (!item) throw new Unexpected(`${at} is ${product_sku}, which nobody bought.`);
    const again = seen.has(product_sku);
    seen.add(product_sku);
    note(`${at}.product_sku`, item.sku, again ? "the same again: the odd cent is on this one" : item.name);
    note(`${at}.product_amount`, product_amount, `${item.price} for one, less its share of the coupon`);
    note(
      `${at}.quantity`,
      quantity,
      quantity === item.quantity ? "the cart" : `the cart: ${item.quantity} in all`,
    );
  });
  return sources;
}

/** Checks that the lines are the purchase and add up to the subtotal. Returns the sum as text. */
export function sumOfLines({ order: { products } }: OrderBody, { items, amounts }: Purchase): string {
  for (const { sku, name, quantity } of items) {
    const sent = products
      .filter(({ product_sku }) => product_sku === sku)
      .reduce((sum, line) => sum + line.quantity, 0);
    if (sent !== quantity)
      throw new Unexpected(`The shopper bought ${quantity} of ${name}, and AvantLink got ${sent}.`);
  }
  const cents = products.reduce(
    (sum, line) => sum + Math.round(line.product_amount * 100) * line.quantity,
    0,
  );
  const sum = `${products.map(({ quantity, product_amount }) => `${quantity} × ${product_amount.toFixed(2)}`).join(" + ")} = ${(cents / 100).toFixed(2)}`;
  if (cents !== Math.round(Number(amounts.subtotal) * 100)) {
    throw new Unexpected(`The lines are ${sum}, and ${amounts.subtotal} was paid for the goods.`);
  }
  return sum;
}
