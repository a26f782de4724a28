import type { MapperResult } from "@avantlink-s2s/core";
import { currencyCode } from "@avantlink-s2s/core/money";
import { sum } from "./money/decimal.ts";
import type { StatedTotal } from "./money/order-money.ts";
import { shopifyContext } from "./platforms/shopify/context.ts";
import { type ShopifyLine, ShopifyPrices } from "./platforms/shopify/lines.ts";
import { countryAndState } from "./reading/address.ts";
import type { JsonField } from "./reading/json-field.ts";
import { type MapOptions, mapOrder, type Platform } from "./reading/map-order.ts";

export type { MapperResult } from "@avantlink-s2s/core";
export type { MapOptions } from "./reading/map-order.ts";

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
export function shopifyOrder(order: unknown, options: MapOptions = {}): MapperResult {
  return mapOrder(order, options, shopify);
}

const PAID = ["paid", "partially_refunded"];

const shopify: Platform<MapOptions> = {
  open: (document) => {
    const order = document.at("order", "data.order");
    return order.missing ? document : order;
  },

  number: (order) => order.at("name").text(),

  unsent: (order, findings, { allowTest }) => {
    const [test, status] = [order.at("test"), order.at("financial_status", "displayFinancialStatus")];
    if (test.flag() && !allowTest) return { status: "test", path: test.path, message: "is true" };
    const cancelled = order.at("cancelled_at", "cancelledAt");
    if (!cancelled.missing)
      return { status: "unpaid", path: cancelled.path, message: "is set: it was cancelled" };
    if (status.missing)
      findings.issue(status.path, "is missing; an order of Shopify's Admin API is expected");
    else if (!PAID.includes(status.word() ?? "")) {
      return { status: "unpaid", path: status.path, message: "is not paid" };
    }
    return undefined;
  },

  read: (order, findings) => {
    const currency = order.at("currency", "currencyCode");
    const items = order.at("line_items", "lineItems");
    const all = items.list();
    if (!all) findings.issue(items.path, "is missing; without its lines the money cannot be known");
    if (items.at("pageInfo.hasNextPage").flag()) {
      findings.issue(`${items.path}.pageInfo.hasNextPage`, "is true: lines are missing; ask for all of them");
    }
    const taxesIncluded = order.at("taxes_included", "taxesIncluded");
    if (taxesIncluded.flag() === undefined) {
      findings.issue(taxesIncluded.path, "is missing; it says whether prices include tax");
    }
    const prices = new ShopifyPrices(currencyCode(currency.value), taxesIncluded.flag() ?? false, findings);
    const lines = (all ?? []).filter((line) => !isTip(line)).map((line) => prices.line(line, order));
    return {
      currency,
      lines: lines.filter((line) => !line.giftCard),
      stated: statedTotal(order, lines),
      couponCodes: order
        .at("discount_codes", "discountCodes")
        .list()
        ?.map((code) => code.at("code").text() ?? code.text()),
      ...countryAndState(
        [order.at("billing_address", "billingAddress"), order.at("shipping_address", "shippingAddress")],
        ["country_code", "countryCodeV2", "countryCode"],
        ["province_code", "provinceCode"],
      ),
      customerId: order.at("customer.id").text(),
      context: shopifyContext(order),
    };
  },
};

/** A tip has the field even where it has nothing to say. */
function isTip(line: JsonField): boolean {
  return line.has("tip_payment_gateway");
}

/**
 * `subtotal_price` is after discounts; with tax where prices include it, and with gift cards. Refunds do not change it;
 * whether the removal of items before the payment does is documented nowhere, so that either may be what agrees.
 */
function statedTotal(order: JsonField, lines: readonly ShopifyLine[]): StatedTotal | undefined {
  const subtotal = order.at("subtotal_price", "subtotalPriceSet.shopMoney.amount");
  const figure = subtotal.amount();
  if (!figure) return undefined;
  const paid = figure
    .minus(sum(lines.map((line) => line.tax)))
    .minus(sum(lines.filter((line) => line.giftCard).map((line) => line.total)));
  const removed = sum(lines.map((line) => line.removed));
  return { amounts: [paid.minus(removed), paid], path: subtotal.path };
}
