import type { TrackingContext } from "@avantlink-s2s/core";
import { sum } from "../../money/decimal.ts";
import { buyersPlace } from "../../reading/address.ts";
import type { JsonField } from "../../reading/json-field.ts";
import { clickOf, packedContext } from "../../reading/packed-context.ts";
import { isOnlyOrder, type OrderShape } from "../../reading/platform-order.ts";
import { discountCodes } from "./coupon-codes.ts";
import { type ShopifyLine, soldLines } from "./lines.ts";
import { paymentStatus } from "./payment.ts";

const ADDRESSES = ["billing_address", "billingAddress", "shipping_address", "shippingAddress"];
const COUNTRY = ["country_code", "countryCodeV2", "countryCode"] as const;

/** An order of the Admin API, REST or GraphQL, or of a webhook. */
export const adminOrder: OrderShape = {
  number: (order) => order.at("name").text(),
  ...paymentStatus,

  read: (order) => {
    const lines = soldLines(order);
    return {
      currency: order.at("currency", "currencyCode"),
      lines,
      stated: statedTotal(order, lines),
      couponCodes: discountCodes(order),
      ...buyersPlace(order, ADDRESSES, COUNTRY, ["province_code", "provinceCode"]),
      customerId: order.at("customer.id").text(),
      // Shopify counts from 1, without test orders. Before the journey is ready there is no index.
      newCustomer: isOnlyOrder(order.at("customerJourneySummary.customerOrderIndex")),
      context: shopifyContext(order),
    };
  },
};

/**
 * `subtotal_price` is after discounts; with tax where prices include it, and with gift cards. Refunds do not change it;
 * whether the removal of items before the payment changes it is documented nowhere, so either may agree.
 */
function statedTotal(order: JsonField, lines: readonly ShopifyLine[]) {
  const subtotal = order.at("subtotal_price", "subtotalPriceSet.shopMoney.amount");
  const paid = subtotal.amount()?.minus(sum(lines.map((line) => line.tax)));
  const removed = sum(lines.map((line) => line.removed));
  return paid && { amounts: [paid.minus(removed), paid], path: subtotal.path };
}

/** The shopper's context as Shopify keeps it with an order. What the shop packed into it at checkout wins. */
function shopifyContext(order: JsonField): TrackingContext {
  const visits = ["lastVisit", "firstVisit"].map((name) => order.at(`customerJourneySummary.${name}`));
  const ofOrder = order.at("landing_site", "landingPageUrl").text();
  const landings = [...visits.map((visit) => visit.at("landingPage").text()), ofOrder];
  // The newest visit by an affiliate's link counts; later visits may have no token.
  const clicked = landings.find((landing) => clickOf(landing).avad !== undefined);
  // An order that staff entered (a draft, the point of sale) was made in their browser, not in the shopper's.
  const byStaff = !order.at("user_id").missing;
  return {
    ...clickOf(clicked ?? ofOrder ?? landings.find(Boolean)),
    referrerUrl:
      order.at("referring_site", "referrerUrl").text() ??
      visits.map((visit) => visit.at("referrerUrl").text()).find(Boolean),
    ipAddress: byStaff ? undefined : order.at("browser_ip", "client_details.browser_ip", "clientIp").text(),
    userAgent: byStaff ? undefined : order.at("client_details.user_agent").text(),
    ...packedContext(order.at("note_attributes", "customAttributes")),
  };
}
