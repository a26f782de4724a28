import { adminOrder } from "./platforms/shopify/admin-order.ts";
import { customerAccountOrder } from "./platforms/shopify/customer-account-order.ts";
import { type Mapper, mapperFor } from "./reading/map-order.ts";
import { testOrder } from "./reading/platform-order.ts";

export type { MapOptions, MapperResult } from "./reading/map-options.ts";

/**
 * Maps a Shopify order: a webhook's body (`orders/paid`), an order of the Admin API (REST or GraphQL), or an order of the
 * Customer Account API (Hydrogen).
 *
 * - Number: `name` (`#1001`).
 * - Money, all of it in the shop's currency (`shop_money`), never in the shopper's: `price × quantity`, less every
 *   amount of `discount_allocations`, less the line's own tax where `taxes_included`. `total_discount` and GraphQL's
 *   `discountedTotalSet`, which lack the order's discounts, are never read.
 * - Gift cards and tips are left out. Items refunded later were paid for: they stay. Items removed before the payment
 *   are left out (`current_quantity`, with the refunds that paid money back).
 * - Coupons: the `discount_applications` of type `discount_code`. `discount_codes` also holds what staff wrote about a
 *   manual discount. SKU: `sku`, else the variant's ID. State: `province_code`.
 * - Paid: `financial_status` paid or partially_refunded.
 * - New customer: GraphQL's `customerJourneySummary { customerOrderIndex }`.
 * - Context: `landing_site` (avad, gclid), `browser_ip`, `client_details.user_agent`, `referring_site`, and what
 *   `packContext` wrote into `note_attributes` (cart attributes), which goes before them. In GraphQL, the newest visit of
 *   `customerJourneySummary { lastVisit { landingPage } firstVisit { landingPage } }` with `avad`.
 *
 * The Customer Account API has prices in the currency that the shopper paid in. Whether they include tax is computed from its
 * totals. Ask for `name financialStatus totalPrice totalTax totalShipping lineItems { nodes { sku variantId
 * quantity giftCard price discountAllocations { allocatedAmount } } } discountApplications { nodes { ... on
 * DiscountCodeApplication { code } } } billingAddress { territoryCode zoneCode }`.
 *
 * The Admin API's GraphQL must ask for `lineItems { nodes { sku quantity currentQuantity isGiftCard originalUnitPriceSet
 * discountAllocations { allocatedAmountSet } taxLines { priceSet } } pageInfo { hasNextPage } }`, each price with its
 * `shopMoney { amount }`, beside `name currencyCode displayFinancialStatus test taxesIncluded
 * discountApplications { nodes { __typename ... on DiscountCodeApplication { code } } } billingAddress { countryCodeV2 provinceCode } customer { id }`.
 *
 * @example
 * ```ts
 * app.post("/webhooks/shopify/orders-paid", express.text({ type: "application/json" }), async (req, res) => {
 *   const { valid } = await shopify.webhooks.validate({ rawBody: req.body, rawRequest: req, rawResponse: res });
 *   if (!valid) return res.sendStatus(401);
 *   const order = JSON.parse(req.body);
 *   const mapped = shopifyOrder(order, { newCustomer: await isFirstOrder(order.customer?.id) });
 *   const receipt = await tracker.trackOrder(mapped);
 *   res.sendStatus(receipt.shouldRetry ? 503 : 200);
 * });
 * ```
 */
export const shopifyOrder: Mapper = mapperFor({
  envelopes: ["order", "data.order"],

  test: (order) => (order.at("test").flag() ? testOrder(order.at("test"), "is true") : undefined),

  recognize: (order) => {
    const [lines, id] = [order.at("line_items", "lineItems"), order.at("admin_graphql_api_id", "id")];
    const kind = /^gid:\/\/shopify\/(\w+)\//.exec(id.text() ?? "")?.[1] ?? "Order";
    if (kind !== "Order") id.issue(`is the ID of a ${kind}; an Order is expected`);
    for (const [name, object] of Object.entries(OTHERS)) {
      if (order.has(name)) order.at(name).issue(`is a field of ${object}; an order is expected`);
    }
    if (lines.missing) lines.issue("is missing; an order with its lines is expected");
    const ofCustomerAccount = order.has("financialStatus") && !order.has("displayFinancialStatus");
    return ofCustomerAccount ? customerAccountOrder : adminOrder;
  },
});

/** Fields that only Shopify's other objects with lines have. */
const OTHERS = {
  abandoned_checkout_url: "a checkout",
  invoice_url: "a draft order",
  invoiceUrl: "a draft order",
  refund_line_items: "a refund",
  order_id: "a fulfillment or transaction",
};
