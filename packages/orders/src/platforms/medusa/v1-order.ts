import { type Decimal, exact } from "../../money/decimal.ts";
import { buyersPlace } from "../../reading/address.ts";
import type { JsonField } from "../../reading/json-field.ts";
import { packedContext } from "../../reading/packed-context.ts";
import type { OrderShape, PlatformLine } from "../../reading/platform-order.ts";
import { paymentStatus } from "./payment.ts";

// Medusa 1's own list. Every other currency has hundredths, whatever ISO says.
const WITHOUT_DECIMALS = "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split(" ");

/** An order of Medusa v1. Its amounts are in minor units. */
export const v1Order: OrderShape = {
  number: (order) => order.at("display_id").text(),
  ...paymentStatus,

  read: (order) => {
    const currency = order.at("currency_code");
    const unit = exact(WITHOUT_DECIMALS.includes(currency.word() ?? "") ? 1 : 0.01);
    const guest = order.at("customer.has_account").flag() === false;
    const items = order.at("items").neededList("is missing; get the order with its items");
    return {
      currency,
      lines: items.map((item) => soldLine(item, unit)),
      couponCodes: order.at("discounts").each("code"),
      ...buyersPlace(order, ["billing_address", "shipping_address"], ["country_code"], ["province"]),
      customerId: guest ? undefined : order.at("customer_id").text(),
      context: packedContext(order.at("metadata")),
    };
  },
};

function soldLine(item: JsonField, unit: Decimal): PlatformLine {
  const [subtotal, discount] = [item.at("subtotal"), item.at("discount_total")];
  if (subtotal.missing || discount.missing) {
    (subtotal.missing ? subtotal : discount).issue(
      "is missing; get the order from the Store or Admin API, which computes the items' totals",
    );
  }
  return {
    source: item,
    sku: item.at("variant.sku"),
    variantId: item.at("variant_id", "variant.id"),
    total: subtotal.orZero().minus(discount.orZero()).times(unit),
    quantity: item.at("quantity").needed("is missing"),
    notGoods: item.at("is_giftcard").flag() ?? false,
  };
}
