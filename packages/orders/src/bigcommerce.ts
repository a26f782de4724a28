import { graphqlOrder } from "./platforms/bigcommerce/graphql-order.ts";
import { type BigCommerceOptions, restOrder } from "./platforms/bigcommerce/rest-order.ts";
import type { MapperResult, PlatformObject } from "./reading/map-options.ts";
import { mapOrder, type Platform } from "./reading/map-order.ts";

export type { MapOptions, MapperResult } from "./reading/map-options.ts";
export type { BigCommerceOptions };

/**
 * Maps an order of BigCommerce's API v2, or of its GraphQL Storefront API (`site { order }`, as Catalyst asks). The webhook
 * holds the order's ID and nothing else, and an order of the API v2 holds links instead of lines: three calls make an order.
 *
 * - Number: `id`.
 * - Currency: `default_currency_code`, which the shopper pays in; `currency_code` is only shown to them.
 * - Money: `total_ex_tax` of each product less its `applied_discounts`, which hold the order's discounts too. Where
 *   prices include tax (`is_tax_inclusive_pricing`) so do the discounts: their tax is taken out of them.
 *   `discounted_total_inc_tax` is never read. Gift certificates are left out.
 * - GraphQL: `subTotalSalePrice` of each line; coupons and tax are known for the whole order only and spread over the
 *   lines. Ask for `entityId status { value } isTaxIncluded subTotal taxTotal shippingCostTotal handlingCostTotal
 *   wrappingCostTotal totalIncTax discounts { couponDiscounts { couponCode discountedAmount } nonCouponDiscountTotal }
 *   billingAddress { countryCode stateOrProvince } consignments { shipping { edges { node { lineItems { edges { node {
 *   sku variantEntityId productEntityId quantity subTotalSalePrice } } } } } } downloads { lineItems { edges { node {
 *   productEntityId quantity subTotalSalePrice } } } } email { giftCertificates { edges { node { lineItems { edges { node {
 *   salePrice } } } } } } } }`, each amount with `value currencyCode`. A download has no SKU: give `sku(line)`.
 * - Coupons: `[].code` of the coupons call. SKU: `sku`, else `variant_id`. State: `billing_address.state`, a full name.
 * - Paid: `payment_status` captured, paid or partially refunded. Without one, or while an offline payment leaves it pending:
 *   a `status_id` that follows payment by BigCommerce's documentation (awaiting fulfillment, shipped, completed, …).
 *
 * @example
 * ```ts
 * app.post("/webhooks/bigcommerce", express.json(), async (req, res) => {
 *   if (req.get("x-webhook-secret") !== secret) return res.sendStatus(401); // a header that you gave the webhook
 *   const path = `/v2/orders/${req.body.data.id}`;
 *   const parts = ["", "/products?limit=250", "/coupons?limit=250"]; // a page is 50 entries without a limit
 *   const [order, products, coupons] = await Promise.all(parts.map((part) => api.get(path + part)));
 *   const newCustomer = await isFirstOrder(order.customer_id);
 *   const mapped = bigCommerceOrder(order, { products, coupons, newCustomer });
 *   const receipt = await tracker.trackOrder(mapped);
 *   res.sendStatus(receipt.shouldRetry ? 503 : 200);
 * });
 * ```
 */
export function bigCommerceOrder<Line = PlatformObject, Order = PlatformObject>(
  order: unknown,
  options: BigCommerceOptions<Line, Order> = {},
): MapperResult {
  return mapOrder(order, options, bigCommerce);
}

const bigCommerce: Platform<BigCommerceOptions<never, never>> = {
  envelopes: ["data.site.order", "site.order"],

  recognize: (order) => {
    if (order.has("entityId") || order.has("consignments")) return graphqlOrder;
    const status = order.at("status_id", "payment_status");
    if (status.missing && order.at("total_ex_tax").missing) {
      status.issue(
        "is missing; a webhook holds the order's ID only: get the order, its products and its coupons",
      );
    }
    return restOrder;
  },
};
