import type { TrackingContext } from "@avantlink-s2s/core";
import { type Decimal, ONE } from "../../money/decimal.ts";
import { buyersPlace } from "../../reading/address.ts";
import type { JsonField } from "../../reading/json-field.ts";
import { uncertainNumber } from "../../reading/order-number.ts";
import { denialOf, packedContext } from "../../reading/packed-context.ts";
import { type OrderShape, type PlatformLine, paidWhen, unpaidWhen } from "../../reading/platform-order.ts";
import { promotionCodes } from "./coupon-codes.ts";
import { neededInteger, netShipping, unitOf } from "./minor-units.ts";
import type { AnyStripeOptions } from "./options.ts";

const EXPAND = 'retrieve the session with expand: ["discounts.promotion_code"] and map that';
const LIST = 'checkout.sessions.listLineItems(id, { limit: 100, expand: ["data.price.product"] })';
const ALL_LINES = `put the answer of ${LIST} there`;

const PAID = ["paid", "no_payment_required"];
const ADDRESSES = [
  "customer_details.address",
  "collected_information.shipping_details.address",
  "shipping_details.address",
];

/** A Checkout Session, also one of a Payment Link. */
export const checkoutSession: OrderShape<AnyStripeOptions> = {
  number: (session) => {
    const own = session.at("metadata.order_number");
    // A Payment Link copies its metadata into each of its sessions: every payment would have the same number.
    if (session.at("payment_link").missing && own.text() !== undefined) return own.text();
    if (own.text() !== undefined) {
      own.incomplete(
        "is the Payment Link's and the same for each payment, so it is not used as the order number",
      );
    }
    const reference = session.at("client_reference_id");
    return uncertainNumber(reference, "metadata.order_number") ?? session.at("id").text();
  },

  unsent: (session) =>
    unpaidWhen(session.at("mode"), ["setup"]) ?? unpaidWhen(session.at("status"), ["expired"]),

  payment: (session) => {
    const status = session.at("status");
    return status.missing || status.word() === "complete"
      ? paidWhen(session.at("payment_status"), PAID, "paid or no_payment_required")
      : { field: status, paid: false, expected: "complete" };
  },

  read: (session) => {
    const currency = session.at("currency");
    const unit = unitOf(currency);
    const lines = session.at("line_items").neededList(`is missing: ${ALL_LINES}`, ALL_LINES);
    const discounted = session.at("total_details.amount_discount").amount()?.gt(0) ?? false;
    const discounts = session.at("discounts", "total_details.breakdown.discounts");
    return {
      currency,
      lines: lines.map((line) => soldLine(line, currency, unit)),
      stated: statedTotal(session, unit),
      couponCodes: promotionCodes(discounts, discounted, EXPAND),
      ...buyersPlace(session, ADDRESSES, ["country"], ["state"]),
      customerId: session.at("customer.id", "customer").text(),
      context: shoppersContext(session),
    };
  },
};

function shoppersContext(session: JsonField): TrackingContext {
  const metadata = session.at("metadata");
  const context = packedContext(metadata);
  if (session.at("payment_link").missing || Object.keys(context).length === 0) return context;
  metadata.incomplete("is the Payment Link's and the same for every shopper, so its context is not used");
  return denialOf(context);
}

function soldLine(line: JsonField, currency: JsonField, unit: Decimal): PlatformLine {
  const own = line.at("currency");
  if (!own.missing && own.word() !== currency.word()) own.issue("is not the session's currency");
  const amount = neededInteger(line.at("amount_total"));
  const tax = neededInteger(line.at("amount_tax"));
  return {
    source: line,
    sku: line.textAt("price.product.metadata.sku", "price.metadata.sku", "price.lookup_key"),
    variantId: line.at("price.id"),
    skuHint: typeof line.at("price.product").value === "string" ? `Give the lines of ${LIST}` : undefined,
    total: amount.minus(tax).times(unit),
    // Metered prices have no quantity.
    quantity: line.at("quantity").amount() ?? ONE,
  };
}

/** What the session says that the goods cost: its total less tax and less shipping before tax. */
function statedTotal(session: JsonField, unit: Decimal) {
  const total = session.at("amount_total");
  const [amount, tax] = [total.amount(), session.at("total_details.amount_tax").amount()];
  const shipping = session.at("shipping_cost");
  const unexplained = shipping.missing && !session.at("total_details.amount_shipping").orZero().eq(0);
  if (!amount || !tax || unexplained) return undefined;
  const goods = amount.minus(tax).minus(netShipping(shipping));
  return { amounts: [goods.times(unit)], path: total.path };
}
