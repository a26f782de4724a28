import { type Decimal, sum } from "../../money/decimal.ts";
import { buyersPlace } from "../../reading/address.ts";
import { type JsonField, sumOf } from "../../reading/json-field.ts";
import { packedContext } from "../../reading/packed-context.ts";
import { type OrderShape, type PlatformLine, paidWhen, unpaidWhen } from "../../reading/platform-order.ts";
import { neededInteger, unitOf } from "./minor-units.ts";
import type { AnyStripeOptions } from "./options.ts";

const LINES =
  "a PaymentIntent holds an amount and no lines: give the order's lines as the option `lines`, or retrieve it with " +
  'expand: ["amount_details.line_items"] if you gave Stripe your lines';

const ADDRESSES = [
  "shipping.address",
  "latest_charge.billing_details.address",
  "charges.data.0.billing_details.address",
];

/** A PaymentIntent. Its amount holds tax and shipping, so the lines come from the shop. */
export const paymentIntent: OrderShape<AnyStripeOptions> = {
  number: (intent) => intent.at("metadata.order_number", "id").text(),

  unsent: (intent) => unpaidWhen(intent.at("status"), ["canceled"]),
  payment: (intent) => paidWhen(intent.at("status"), ["succeeded"], "succeeded"),

  read: (intent, options) => {
    const invoice = intent.at("invoice");
    if (!invoice.missing) invoice.issue("is set: this pays an invoice; map the invoice instead");
    const currency = intent.at("currency");
    const unit = unitOf(currency);
    const paid = intent.at("amount_received", "amount").needed().times(unit);
    const ofShop = options.lines !== undefined;
    const money = ofShop ? linesOfShop(intent, options, paid) : linesGivenToStripe(intent, unit, paid);
    return {
      currency,
      ...money,
      couponCodes: intent.beside(options.couponCodes, "couponCodes").entries(),
      ...buyersPlace(intent, ADDRESSES, ["country"], ["state"]),
      customerId: intent.at("customer.id", "customer").text(),
      context: packedContext(intent.at("metadata")),
    };
  },
};

function linesOfShop(intent: JsonField, options: AnyStripeOptions, paid: Decimal) {
  const entries = intent.beside(options.lines, "lines").neededList("is not a list of lines");
  const lines = entries.map((line): PlatformLine => {
    const quantity = line.at("quantity").needed("is missing");
    const total = line.at("unitPrice").needed().times(quantity);
    return { source: line, sku: line.at("sku"), total, quantity };
  });
  const discount = intent.beside(options.orderDiscount, "orderDiscount").orZero();
  const goods = sum(lines.map((line) => line.total)).minus(discount);
  // What was paid may hold tax and shipping besides the goods, but not less than the goods.
  const stated = goods.gt(paid) ? { amounts: [paid], path: "amount_received" } : undefined;
  return { lines, discount, stated };
}

function linesGivenToStripe(intent: JsonField, unit: Decimal, paid: Decimal) {
  const details = intent.at("amount_details");
  const items = details.at("line_items").neededList(`is missing: ${LINES}`);
  const lines = items.map((line): PlatformLine => {
    const quantity = line.at("quantity").needed("is missing");
    const cost = neededInteger(line.at("unit_cost")).times(quantity);
    const total = cost.minus(line.at("discount_amount").orZero()).times(unit);
    return { source: line, sku: line.at("product_code"), total, quantity };
  });
  const tax = details.at("tax.total_tax_amount");
  const taxes = tax.missing ? items.map((line) => line.at("tax.total_tax_amount")) : [tax];
  const others = sumOf([details.at("shipping.amount"), ...taxes]).times(unit);
  const stated = { amounts: [paid.minus(others)], path: "amount_received" };
  return { lines, discount: details.at("discount_amount").orZero().times(unit), stated };
}
