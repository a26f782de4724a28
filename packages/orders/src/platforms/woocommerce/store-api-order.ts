import { decimal } from "@avantlink-s2s/core/money";
import { type Decimal, ZERO } from "../../money/decimal.ts";
import { buyersPlace } from "../../reading/address.ts";
import { type Fees, feesOf } from "../../reading/fees.ts";
import { type JsonField, sumOf } from "../../reading/json-field.ts";
import type { OrderShape, PlatformLine } from "../../reading/platform-order.ts";
import { paymentStatus } from "./payment.ts";

/** An order of the Store API. Its amounts are integers, with as many decimals as `currency_minor_unit` says. */
export const storeApiOrder: OrderShape = {
  number: (order) => order.at("id").text(),
  ...paymentStatus,

  read: (order) => {
    const minorUnit = order.at("totals.currency_minor_unit", "items.0.totals.currency_minor_unit");
    const digits = minorUnit.needed("is missing; without it the amounts cannot be read").toString();
    const unit = decimal(`1e-${digits}`);
    if (!unit) minorUnit.issue("is not a number of decimals");
    const major = (field: JsonField) => field.needed().times(unit ?? ZERO);
    const lines = order.at("items").neededList();
    const fees = feesOf(order.at("fees"), (fee) => major(fee.at("totals.total")));
    return {
      currency: order.at("totals.currency_code", "items.0.totals.currency_code"),
      lines: [...lines.map((line) => soldLine(line, major)), ...fees.reductions],
      stated: statedTotal(order, fees, lines.length, unit ?? ZERO),
      couponCodes: order.at("coupons").each("code"),
      ...buyersPlace(order, ["billing_address", "shipping_address"], ["country"], ["state"]),
    };
  },
};

/** A line's `id` is the order line's own, not the product's: it cannot replace a SKU. */
function soldLine(line: JsonField, major: (field: JsonField) => Decimal): PlatformLine {
  return {
    source: line,
    sku: line.at("sku"),
    total: major(line.at("totals.line_total")),
    quantity: line.at("quantity").needed("is missing"),
  };
}

/** The order's total less tax, shipping and charged fees. WooCommerce writes these three in hundredths in any shop. */
function statedTotal(order: JsonField, fees: Fees, lines: number, unit: Decimal) {
  const total = order.at("totals.total_price");
  const others = sumOf([order.at("totals.total_tax"), order.at("totals.total_shipping")]);
  const paid = total.amount()?.minus(others);
  if (!paid) return undefined;
  return {
    amounts: [paid.times(unit).minus(fees.charged), paid.times(0.01).minus(fees.charged)],
    path: total.path,
    // Each amount was rounded separately, to hundredths where the currency has thousandths.
    slack: Math.ceil((lines + fees.count + 3) / 2) * (unit.lt(0.01) ? 10 : 1),
  };
}
