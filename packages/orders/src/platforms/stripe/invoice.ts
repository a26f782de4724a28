import { type Decimal, ONE, sum } from "../../money/decimal.ts";
import { buyersPlace } from "../../reading/address.ts";
import { type JsonField, sumOf } from "../../reading/json-field.ts";
import { packedContext } from "../../reading/packed-context.ts";
import { type OrderShape, type PlatformLine, paidWhen, unpaidWhen } from "../../reading/platform-order.ts";
import { promotionCodes } from "./coupon-codes.ts";
import { neededInteger, netShipping, unitOf } from "./minor-units.ts";
import type { AnyStripeOptions } from "./options.ts";

const EXPAND = 'retrieve the invoice with expand: ["discounts.promotion_code"] and map that';
const ALL_LINES = "put the answer of invoices.listLineItems(id, { limit: 100 }) there";
const RENEWALS = ["subscription", "subscription_cycle", "subscription_update", "subscription_threshold"];

/** An invoice (`invoice.paid`): of a subscription, or a single one. */
export const invoice: OrderShape<AnyStripeOptions> = {
  number: (order) => {
    const own = order.at("metadata.order_number").text();
    // The subscription's metadata has the first order's number: a renewal is an order of its own.
    const first = isRenewal(order) ? undefined : subscriptionMetadata(order).at("order_number").text();
    return own ?? first ?? order.at("number", "id").text();
  },

  unsent: (order, { renewals }) => {
    const { path } = order.at("billing_reason");
    const message = 'is a renewal; `renewals: "send"` sends renewals';
    if (isRenewal(order) && renewals !== "send") return { status: "renewal", path, message };
    return unpaidWhen(order.at("status"), ["draft", "void", "uncollectible"]);
  },

  payment: (order) => paidWhen(order.at("status"), ["paid"], "paid"),

  read: (order) => {
    const currency = order.at("currency");
    const unit = unitOf(currency);
    const lines = order.at("lines").neededList("is missing; retrieve the invoice", ALL_LINES);
    const total = order.at("total_excluding_tax");
    const net = total.amount()?.minus(netShipping(order.at("shipping_cost")));
    const discounted = order.at("total_discount_amounts").entries().length > 0;
    return {
      currency,
      lines: lines.map((line) => soldLine(line, unit)),
      stated: net && { amounts: [net.times(unit)], path: total.path },
      couponCodes: promotionCodes(order.at("discounts"), discounted, EXPAND),
      ...buyersPlace(order, ["customer_address", "customer_shipping.address"], ["country"], ["state"]),
      customerId: order.at("customer.id", "customer").text(),
      context: packedContext(subscriptionMetadata(order), order.at("metadata")),
    };
  },
};

function isRenewal(order: JsonField): boolean {
  return RENEWALS.includes(order.at("billing_reason").word() ?? "");
}

function subscriptionMetadata(order: JsonField): JsonField {
  return order.at("parent.subscription_details.metadata", "subscription_details.metadata");
}

/** `amount` is before discounts, and holds the taxes that are inclusive. */
function soldLine(line: JsonField, unit: Decimal): PlatformLine {
  const discount = sum(line.at("discount_amounts").each("amount").map(neededInteger));
  const taxes = line.at("taxes", "tax_amounts").entries();
  const included = taxes.filter(
    (tax) => tax.at("tax_behavior").word() === "inclusive" || tax.at("inclusive").flag(),
  );
  const tax = sumOf(included.map((one) => one.at("amount")));
  const net = neededInteger(line.at("amount")).minus(discount).minus(tax);
  const price = line.at("pricing.price_details.price", "price");
  return {
    source: line,
    sku: line.textAt(
      "price.product.metadata.sku",
      "price.metadata.sku",
      "pricing.price_details.price.metadata.sku",
      "price.lookup_key",
      "pricing.price_details.price.lookup_key",
    ),
    variantId: price.at("id").missing ? price : price.at("id"),
    total: net.times(unit),
    quantity: line.at("quantity").amount() ?? ONE,
  };
}
