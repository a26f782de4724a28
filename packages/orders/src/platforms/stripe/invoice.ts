import { currencyCode } from "@avantlink-s2s/core/money";
import { ONE, sum, ZERO } from "../../money/decimal.ts";
import { buyersPlace } from "../../reading/address.ts";
import type { JsonField } from "../../reading/json-field.ts";
import type { OrderShape } from "../../reading/map-order.ts";
import { packedContext } from "../../reading/packed-context.ts";
import { type PlatformLine, paidWhen, unpaidWhen } from "../../reading/platform-order.ts";
import { promotionCodes } from "./coupon-codes.ts";
import { majorUnits, neededInteger, netShipping } from "./minor-units.ts";
import type { AnyStripeOptions } from "./options.ts";
import { inTestMode } from "./test-mode.ts";

const EXPAND = 'retrieve the invoice with expand: ["discounts.promotion_code"] and map that';
const RENEWALS = ["subscription", "subscription_cycle", "subscription_update", "subscription_threshold"];

/** An invoice (`invoice.paid`): of a subscription, or a single one. */
export const invoice: OrderShape<AnyStripeOptions> = {
  number: (order) => {
    const own = order.at("metadata.order_number").text();
    // The subscription's metadata has the first order's number: a renewal is an order of its own.
    const first = isRenewal(order) ? undefined : subscriptionMetadata(order).at("order_number").text();
    return own ?? first ?? order.at("number", "id").text();
  },

  test: inTestMode,

  unsent: (order, { renewals }) => {
    const { path } = order.at("billing_reason");
    const message = 'is a renewal; `renewals: "send"` sends renewals';
    if (isRenewal(order) && renewals !== "send") return { status: "renewal", path, message };
    return unpaidWhen(order.at("status"), ["draft", "void", "uncollectible"]);
  },

  payment: (order) => paidWhen(order.at("status"), ["paid"], "paid"),

  read: (order) => {
    const currency = order.at("currency");
    const code = currencyCode(currency.value) ?? "";
    const lines = order.at("lines").neededList("is missing; retrieve the invoice");
    const total = order.at("total_excluding_tax");
    const net = total.amount()?.minus(netShipping(order.at("shipping_cost")));
    const discounted = (order.at("total_discount_amounts").list() ?? []).length > 0;
    return {
      currency,
      lines: lines.map((line) => soldLine(line, code)),
      stated: net && { amounts: [majorUnits(net, code)], path: total.path },
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
function soldLine(line: JsonField, currency: string): PlatformLine {
  const amounts = (name: string) =>
    (line.at(name).list() ?? []).map((entry) => neededInteger(entry.at("amount")));
  const included = (line.at("taxes", "tax_amounts").list() ?? []).filter(
    (tax) => tax.at("tax_behavior").word() === "inclusive" || tax.at("inclusive").flag(),
  );
  const taxes = included.map((tax) => tax.at("amount").amount() ?? ZERO);
  const net = neededInteger(line.at("amount")).minus(sum([...amounts("discount_amounts"), ...taxes]));
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
    total: majorUnits(net, currency),
    quantity: line.at("quantity").amount() ?? ONE,
  };
}
