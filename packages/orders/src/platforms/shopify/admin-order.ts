import { sum } from "../../money/decimal.ts";
import type { StatedTotal } from "../../money/order-money.ts";
import { buyersPlace } from "../../reading/address.ts";
import type { JsonField } from "../../reading/json-field.ts";
import type { OrderShape } from "../../reading/map-order.ts";
import { isOnlyOrder } from "../../reading/new-customer.ts";
import { testOrder } from "../../reading/platform-order.ts";
import { shopifyContext } from "./context.ts";
import { discountCodes } from "./coupon-codes.ts";
import { type ShopifyLine, soldLines } from "./lines.ts";
import { canceledOrRefunded, payment } from "./payment.ts";

const ADDRESSES = ["billing_address", "billingAddress", "shipping_address", "shippingAddress"];
const COUNTRY = ["country_code", "countryCodeV2", "countryCode"] as const;

/** An order of the Admin API, REST or GraphQL, or of a webhook. */
export const adminOrder: OrderShape = {
  number: (order) => order.at("name").text(),
  test: (order) => (order.at("test").flag() ? testOrder(order.at("test"), "is true") : undefined),
  unsent: canceledOrRefunded,
  payment,

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
function statedTotal(order: JsonField, lines: readonly ShopifyLine[]): StatedTotal | undefined {
  const subtotal = order.at("subtotal_price", "subtotalPriceSet.shopMoney.amount");
  const paid = subtotal.amount()?.minus(sum(lines.map((line) => line.tax)));
  const removed = sum(lines.map((line) => line.removed));
  return paid && { amounts: [paid.minus(removed), paid], path: subtotal.path };
}
