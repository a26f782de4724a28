import type { MappedOrder } from "@avantlink-s2s/core";
import { currencyCode } from "@avantlink-s2s/core/money";
import { exact, NOTHING, share, total } from "./exact.ts";
import type { Field } from "./field.ts";
import { type MapOptions, mapOrder, type Platform } from "./map-order.ts";
import type { Notes } from "./notes.ts";
import { place } from "./place.ts";
import type { SoldLine, StatedTotal } from "./sale.ts";
import { shopifyContext } from "./shopify-context.ts";
import { paidQuantity } from "./shopify-quantity.ts";

export type { MappedOrder } from "@avantlink-s2s/core";
export type { MapOptions } from "./map-order.ts";

/**
 * Maps a Shopify order: a webhook's body (`orders/paid`), the Admin REST API's, or an order of the Admin GraphQL API.
 *
 * - Number: `name` (`#1001`).
 * - Money, all of it in the shop's currency (`shop_money`), never in the shopper's: `price × quantity`, less every
 *   amount of `discount_allocations`, less the line's own tax where `taxes_included`. `total_discount` and GraphQL's
 *   `discountedTotalSet`, which lack the order's discounts, are never read.
 * - Gift cards and tips are no goods: left out. Items refunded later were paid for: they stay. Items removed before
 *   the payment are left out (`current_quantity`, with the refunds that paid money back).
 * - Coupons: `discount_codes[].code`. SKU: `sku`. State: `province_code`.
 * - Context: `landing_site` (avad, gclid), `browser_ip`, `client_details.user_agent`, `referring_site`, and what
 *   `packContext` wrote into `note_attributes` (cart attributes), which goes before them.
 *
 * GraphQL must ask for `lineItems { nodes { sku quantity currentQuantity isGiftCard originalUnitPriceSet
 * discountAllocations { allocatedAmountSet } taxLines { priceSet } } pageInfo { hasNextPage } }`, each price with its
 * `shopMoney { amount }`, beside `name currencyCode displayFinancialStatus test taxesIncluded discountCodes
 * billingAddress { countryCodeV2 provinceCode } customer { id }`.
 *
 * @example
 * ```ts
 * app.post("/webhooks/shopify/orders-paid", express.text({ type: "application/json" }), async (req, res) => {
 *   const { valid } = await shopify.webhooks.validate({ rawBody: req.body, rawRequest: req, rawResponse: res });
 *   if (!valid) return res.sendStatus(401);
 *   const order = JSON.parse(req.body);
 *   const mapped = shopifyOrder(order, { newCustomer: await isFirstOrder(order.customer?.id) });
 *   // Shopify hangs up after five seconds.
 *   const receipt = await trackOrder(tracker, mapped, undefined, { waitForDeliveryMs: 3000 });
 *   const waiting = receipt.status === "accepted" || (receipt.status === "duplicate" && receipt.state === "pending");
 *   res.sendStatus(waiting && !durableOutbox ? 503 : 200); // in memory, only Shopify's retry outlives a crash
 * });
 * ```
 */
export function shopifyOrder(order: unknown, options: MapOptions = {}): MappedOrder {
  return mapOrder(order, options, shopify);
}

const PAID = ["paid", "partially_refunded"];

const shopify: Platform<MapOptions> = {
  open: (document) => {
    const order = document.at("order", "data.order");
    return order.missing ? document : order;
  },

  number: (order) => order.at("name").text(),

  refusal: (order, notes, { allowTest }) => {
    const [test, status] = [order.at("test"), order.at("financial_status", "displayFinancialStatus")];
    if (test.flag() && !allowTest) return { reason: "test", path: test.path, message: "is true" };
    const cancelled = order.at("cancelled_at", "cancelledAt");
    if (!cancelled.missing)
      return { reason: "unpaid", path: cancelled.path, message: "is set: it was cancelled" };
    if (status.missing) notes.issue(status.path, "is missing; an order of Shopify's Admin API is expected");
    else if (!PAID.includes(status.word() ?? "")) {
      return { reason: "unpaid", path: status.path, message: "is not paid" };
    }
    return undefined;
  },

  sale: (order, notes) => {
    const currency = order.at("currency", "currencyCode");
    const items = order.at("line_items", "lineItems");
    const all = items.list();
    if (!all) notes.issue(items.path, "is missing; without its lines the money cannot be known");
    if (items.at("pageInfo.hasNextPage").flag()) {
      notes.issue(`${items.path}.pageInfo.hasNextPage`, "is true: lines are missing; ask for all of them");
    }
    const taxed = order.at("taxes_included", "taxesIncluded");
    if (taxed.flag() === undefined) notes.issue(taxed.path, "is missing; it says whether prices include tax");
    const lines = (all ?? []).filter((line) => !isGiftCard(line) && !isTip(line));
    const money = new ShopMoney(currencyCode(currency.value), notes);
    return {
      currency,
      lines: lines.map((line) => soldLine(line, order, taxed.flag() ?? false, money, notes)),
      stated: statedTotal(order, all ?? [], lines, taxed.flag() ?? false, money),
      couponCodes: order
        .at("discount_codes", "discountCodes")
        .list()
        ?.map((code) => code.at("code").text() ?? code.text()),
      ...place(
        [order.at("billing_address", "billingAddress"), order.at("shipping_address", "shippingAddress")],
        ["country_code", "countryCodeV2", "countryCode"],
        ["province_code", "provinceCode"],
      ),
      customerId: order.at("customer.id").text(),
      context: shopifyContext(order),
    };
  },
};

/** Reads prices in the shop's currency; one that is stated in another cannot be added to them. */
class ShopMoney {
  readonly #currency: string | undefined;
  readonly #notes: Notes;

  constructor(currency: string | undefined, notes: Notes) {
    this.#currency = currency;
    this.#notes = notes;
  }

  of(holder: Field, set: string, plain: string) {
    const shop = holder.at(`${set}_set.shop_money`, `${plain}Set.shopMoney`);
    const currency = shop.at("currency_code", "currencyCode");
    if (!shop.missing && !currency.missing && currencyCode(currency.value) !== this.#currency) {
      this.#notes.issue(currency.path, "is not the order's currency");
    }
    return shop.missing ? holder.at(set) : shop.at("amount");
  }
}

function isGiftCard(line: Field): boolean {
  return line.at("gift_card", "isGiftCard").flag() ?? false;
}

function isTip(line: Field): boolean {
  return line.has("tip_payment_gateway");
}

function soldLine(line: Field, order: Field, taxIncluded: boolean, money: ShopMoney, notes: Notes): SoldLine {
  const ordered = line.at("quantity").owed("is missing");
  const paid = paidQuantity(line, order, ordered);
  if (!paid.eq(ordered)) {
    const message = `${ordered.minus(paid).toString()} of ${ordered.toString()} items were removed before the payment`;
    notes.finding("mapper.adjusted", line.path, message);
  }
  const tax = taxIncluded ? lineTax(line, money, notes) : NOTHING;
  // Discounts and tax are those of the ordered quantity.
  const whole = discounted(line, ordered, money).minus(tax);
  return {
    path: line.path,
    sku: line.at("sku", "variant.sku").text(),
    total: paid.eq(ordered) ? whole : share(whole, paid, ordered),
    quantity: paid,
  };
}

function discounted(line: Field, quantity: typeof NOTHING, money: ShopMoney) {
  const allocations = line.at("discount_allocations", "discountAllocations").list() ?? [];
  const discounts = allocations.map((entry) => money.of(entry, "amount", "allocatedAmount").owed());
  return money.of(line, "price", "originalUnitPrice").owed().times(quantity).minus(total(discounts));
}

function lineTax(line: Field, money: ShopMoney, notes: Notes) {
  const taxes = line.at("tax_lines", "taxLines");
  const entries = taxes.list();
  if (!entries) notes.issue(taxes.path, "is missing; prices include tax, which must be taken out");
  return total((entries ?? []).map((entry) => money.of(entry, "price", "price").owed()));
}

/** `subtotal_price` is after discounts; with tax where prices include it, and with gift cards. */
function statedTotal(
  order: Field,
  all: readonly Field[],
  goods: readonly Field[],
  taxIncluded: boolean,
  money: ShopMoney,
): StatedTotal | undefined {
  const subtotal = order.at("subtotal_price", "subtotalPriceSet.shopMoney.amount");
  const figure = subtotal.amount();
  const edited = all.some((line) => {
    const current = line.at("current_quantity", "currentQuantity").amount();
    return current !== undefined && !current.eq(line.at("quantity").amount() ?? current);
  });
  // An edited or refunded order has a subtotal for each of its states; none of them is that of the payment.
  if (!figure || edited) return undefined;
  const rest = all.filter((line) => isGiftCard(line));
  const others = total(rest.map((line) => discounted(line, line.at("quantity").amount() ?? exact(1), money)));
  const tax = taxIncluded ? total(goods.flatMap((line) => taxAmounts(line, money))) : NOTHING;
  return { amounts: [figure.minus(others).minus(tax)], path: subtotal.path };
}

function taxAmounts(line: Field, money: ShopMoney) {
  const entries = line.at("tax_lines", "taxLines").list() ?? [];
  return entries.map((entry) => money.of(entry, "price", "price").amount() ?? NOTHING);
}
