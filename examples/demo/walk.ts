import { type Page, type Shopper, Unexpected } from "./shopper.ts";

/** The plan of a shopper. */
export interface Plan {
  /** Path and query of the affiliate's link. */
  readonly landing: string;
  /** The affiliate's page with the link. */
  readonly affiliate: string;
  readonly items: readonly { readonly name: string; readonly quantity: number }[];
  readonly coupon: string;
  /** The values that a browser fills in, by a field's `autocomplete`. */
  readonly details: Readonly<Record<string, string>>;
}

/** One step of the walk, in plain words. */
export interface Step {
  readonly title: string;
  readonly page: Page;
  readonly lines: readonly string[];
}

export type ShowStep = (step: Step) => void;

/** The cookies that the landing set in the shopper's browser. */
export interface Landing {
  readonly avad: string;
  readonly visitor: string;
}

/** The purchase, as the shop's pages show it. */
export interface Purchase {
  readonly items: readonly Item[];
  readonly orderNumber: string;
  readonly amounts: Readonly<
    Record<"goods" | "discount" | "subtotal" | "shipping" | "tax" | "total", string>
  >;
  readonly checkoutUrl: string;
  readonly thankYouUrl: string;
}

interface Item {
  readonly name: string;
  readonly sku: string;
  readonly price: string;
  readonly quantity: number;
}

export const plan: Plan = {
  landing: "/?avad=77_f3afbe121&utm_source=avantlink",
  affiliate: "https://blog.example/ten-tents-in-the-rain",
  items: [
    { name: "Beam headlamp", quantity: 2 },
    { name: "Ridgeline two-person tent", quantity: 1 },
  ],
  coupon: "TRAIL15",
  details: {
    email: "sam.shopper@example.com",
    name: "Sam Shopper",
    "address-line1": "12 Canyon Road",
    "address-level2": "Moab",
    "address-level1": "UT",
    "postal-code": "84532",
    country: "US",
    "cc-number": "4242 4242 4242 4242",
    "cc-exp": "04/31",
    "cc-csc": "123",
  },
};

/** A reader follows the affiliate's link into the shop. */
export async function land(
  shopper: Shopper,
  shop: string,
  { landing, affiliate }: Plan,
  show: ShowStep,
): Promise<Landing> {
  const page = await shopper.arrive(shop + landing, affiliate);
  const [avad, visitor] = [cookieIn(page, "avad"), cookieIn(page, "avad_visitor")];
  show({
    title: "A reader of a blog follows its link into the shop",
    page,
    lines: [
      `The shop keeps the click in first-party cookies: avad=${avad}, avad_visitor=${visitor}`,
      `and lets no cache keep a page that sets them: Cache-Control: ${page.cacheControl}`,
    ],
  });
  return { avad, visitor };
}

/** From the landing page to the thank-you page. */
export async function buy(
  shopper: Shopper,
  { items, coupon, details }: Plan,
  show: ShowStep,
): Promise<Purchase> {
  const bought: Item[] = [];
  for (const { name, quantity } of items) {
    if (bought.length > 0) {
      show({ title: "Back to the shelves", page: await shopper.follow('a[href="/"]'), lines: [] });
    }
    const product = await shopper.follow(`a:contains("${name}")`);
    const item = {
      name,
      quantity,
      sku: text(product, '[itemprop="sku"]'),
      price: value(product, '[itemprop="price"]'),
    };
    show({ title: `Looks at the ${name}`, page: product, lines: [`${item.price} USD, item ${item.sku}`] });
    const cart = await shopper.submit('form[name="add-to-cart"]', { quantity: String(quantity) });
    show({ title: `Puts ${quantity} into the cart`, page: cart, lines: [] });
    bought.push(item);
  }

  const discounted = await shopper.submit('form[name="coupon"]', { code: coupon });
  show({ title: `Types the coupon code ${coupon}`, page: discounted, lines: [] });
  const checkout = await shopper.follow('a[href="/checkout"]');
  show({ title: "Goes to the checkout", page: checkout, lines: [] });

  const thanks = await shopper.submit('form[name="checkout"]', filledIn(checkout, details));
  const purchase = {
    items: bought,
    orderNumber: text(thanks, '[data-order="number"]'),
    amounts: amountsOn(thanks),
    checkoutUrl: checkout.url,
    thankYouUrl: thanks.url,
  };
  const { goods, discount, subtotal, shipping, tax, total } = purchase.amounts;
  show({
    title: `Pays, and is thanked for order ${purchase.orderNumber}`,
    page: thanks,
    lines: [
      `goods ${goods}, coupon ${discount}, so ${subtotal} for the goods, which is what commission is paid on`,
      `shipping ${shipping}, tax ${tax}, so ${total} in all. AvantLink does not get these`,
    ],
  });
  return purchase;
}

/** Loads the thank-you page again and checks that it shows the same order. */
export async function refresh(shopper: Shopper, { orderNumber }: Purchase, show: ShowStep): Promise<void> {
  const again = await shopper.reload();
  const shown = text(again, '[data-order="number"]');
  if (shown !== orderNumber)
    throw new Unexpected(`The refreshed page shows order ${shown}, not ${orderNumber}.`);
  show({ title: "Refreshes the thank-you page", page: again, lines: [] });
}

function filledIn({ $, url }: Page, details: Plan["details"]): Record<string, string> {
  const fields: Record<string, string> = {};
  $('form[name="checkout"] [autocomplete]').each((_, element) => {
    const [name, token] = [$(element).attr("name"), $(element).attr("autocomplete")];
    const detail = token === undefined ? undefined : details[token];
    if (name !== undefined && detail !== undefined) fields[name] = detail;
  });
  if (Object.keys(fields).length === 0)
    throw new Unexpected(`The checkout form on ${url} has nothing to fill in.`);
  return fields;
}

function amountsOn(page: Page): Purchase["amounts"] {
  const amount = (name: string) => value(page, `[data-order="${name}"]`);
  return {
    goods: amount("goods"),
    discount: amount("discount"),
    subtotal: amount("subtotal"),
    shipping: amount("shipping"),
    tax: amount("tax"),
    total: amount("total"),
  };
}

function text({ $, url }: Page, selector: string): string {
  const found = $(selector).first().text().trim();
  if (found === "") throw new Unexpected(`${url} has no ${selector}.`);
  return found;
}

function value({ $, url }: Page, selector: string): string {
  const found = $(selector).first().attr("value");
  if (found === undefined) throw new Unexpected(`${url} has no ${selector} with a value.`);
  return found;
}

function cookieIn({ url, setCookies }: Page, name: string): string {
  const line = setCookies.find((cookie) => cookie.startsWith(`${name}=`));
  if (line === undefined) throw new Unexpected(`${url} set no cookie ${name}.`);
  return decodeURIComponent(line.slice(name.length + 1).split(";", 1)[0] ?? "");
}
