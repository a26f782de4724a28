import { share, sum, ZERO } from "../../money/decimal.ts";
import { buyersPlace } from "../../reading/address.ts";
import { type JsonField, sumOf } from "../../reading/json-field.ts";
import { packedContext } from "../../reading/packed-context.ts";
import type { OrderShape, PlatformLine } from "../../reading/platform-order.ts";
import { discountCodes } from "./coupon-codes.ts";
import { paymentStatus } from "./payment.ts";

/**
 * An order of the Customer Account API, as Hydrogen has it. Its prices are in the currency that the shopper paid in,
 * while its `currencyCode` is the shop's.
 */
export const customerAccountOrder: OrderShape = {
  number: (order) => order.at("name").text(),
  ...paymentStatus,

  read: (order) => {
    const lines = order.at("lineItems").neededList("is missing; ask for lineItems").map(soldLine);
    const charged = sum(lines.map((line) => line.total));
    const total = order.at("totalPrice.amount");
    const tax = order.at("totalTax.amount").needed("is missing; ask for totalTax");
    const shipping = order.at("totalShipping.amount").needed("is missing; ask for totalShipping");
    const others = sumOf([order.at("totalDuties.amount"), order.at("totalTip.amount")]);
    const goods = total.needed("is missing; ask for totalPrice").minus(shipping).minus(others);
    // The API does not say whether prices include tax: the totals do.
    const included = goods.minus(charged).abs().lt(goods.minus(tax).minus(charged).abs());
    if (included && !shipping.eq(0)) {
      order
        .at("totalTax")
        .adjusted(
          "does not say which part of it is the shipping's, so the goods' tax is computed in proportion. Map the order " +
            "of the Admin API for exact amounts",
        );
    }
    const ofGoods = included ? share(tax, charged, charged.plus(shipping)) : ZERO;
    return {
      currency: order.at("totalPrice.currencyCode", "subtotal.currencyCode"),
      lines: lines.map((line) => ({ ...line, total: line.total.minus(share(ofGoods, line.total, charged)) })),
      stated: { amounts: [goods.minus(included ? ofGoods : tax)], path: total.path },
      couponCodes: discountCodes(order),
      ...buyersPlace(order, ["billingAddress", "shippingAddress"], ["territoryCode"], ["zoneCode"]),
      customerId: order.at("customer.id").text(),
      context: packedContext(order.at("customAttributes")),
    };
  },
};

function soldLine(line: JsonField): PlatformLine {
  const quantity = line.at("quantity").needed("is missing");
  const discounts = line
    .at("discountAllocations")
    .neededList("is missing; it says which discounts came off the price")
    .map((entry) => entry.at("allocatedAmount.amount").needed());
  return {
    source: line,
    sku: line.at("sku"),
    variantId: line.at("variantId"),
    total: line.at("price.amount").needed().times(quantity).minus(sum(discounts)),
    quantity,
    notGoods: line.at("giftCard").flag() ?? false,
  };
}
