import { currencyCode } from "@avantlink-s2s/core/money";
import { type Decimal, sum, ZERO } from "../../money/decimal.ts";
import { buyersPlace } from "../../reading/address.ts";
import type { JsonField } from "../../reading/json-field.ts";
import { packedContext } from "../../reading/packed-context.ts";
import { type OrderShape, type PlatformLine, paidWhen, unpaidWhen } from "../../reading/platform-order.ts";
import { majorUnits, neededInteger } from "./minor-units.ts";
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
    const code = currencyCode(currency.value) ?? "";
    const money =
      options.lines === undefined
        ? linesGivenToStripe(intent, code)
        : linesOfShop(intent, options, received(intent, code));
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

function received(intent: JsonField, currency: string): Decimal {
  return majorUnits(intent.at("amount_received", "amount").needed(), currency);
}

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

function linesGivenToStripe(intent: JsonField, currency: string) {
  const details = intent.at("amount_details");
  const items = details.at("line_items");
  const amount = (field: JsonField) => majorUnits(field.orZero(), currency);
  const lines = items.neededList(`is missing: ${LINES}`).map((line): PlatformLine => {
    const quantity = line.at("quantity").needed("is missing");
    const cost = majorUnits(neededInteger(line.at("unit_cost")).times(quantity), currency);
    const total = cost.minus(amount(line.at("discount_amount")));
    return { source: line, sku: line.at("product_code"), total, quantity };
  });
  const others = [details.at("shipping.amount"), details.at("tax.total_tax_amount")].map(amount);
  const lineTaxes = lines.map((line) => amount(line.source.at("tax.total_tax_amount")));
  const taxes = details.at("tax.total_tax_amount").missing ? sum(lineTaxes) : ZERO;
  const goods = received(intent, currency).minus(sum(others)).minus(taxes);
  const stated = { amounts: [goods], path: "amount_received" };
  return { lines, discount: amount(details.at("discount_amount")), stated };
}
