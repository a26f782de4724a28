import { share, sum } from "../../money/decimal.ts";
import { buyersPlace } from "../../reading/address.ts";
import { type JsonField, sumOf } from "../../reading/json-field.ts";
import { type OrderShape, type PlatformLine, paidWhen, unpaidWhen } from "../../reading/platform-order.ts";

const AWAITING = ["awaiting_fulfillment", "awaiting_pickup", "awaiting_shipment"];
const AFTER_PAYMENT = [...AWAITING, "partially_shipped", "shipped", "completed", "partially_refunded"];
const CLOSED = ["incomplete", "cancelled", "declined", "refunded"];
const CHARGES = ["shippingCostTotal", "handlingCostTotal", "wrappingCostTotal"] as const;

/** An order of the GraphQL Storefront API. */
export const graphqlOrder: OrderShape = {
  number: (order) => order.at("entityId").text(),

  unsent: (order) => unpaidWhen(order.at("status.value"), CLOSED),
  payment: (order) => paidWhen(order.at("status.value"), AFTER_PAYMENT, "a status that follows payment"),

  read: (order) => {
    const consignments = ["shipping", "downloads"].map((kind) => order.at(`consignments.${kind}`));
    const lists = consignments.flatMap((kind) => kind.each("lineItems"));
    if (lists.length === 0) order.at("consignments").issue("are missing; ask for their lineItems");
    const lines = lists.flatMap((list) => list.neededList("is missing; ask for it")).map(soldLine);
    const coupons = order.at("discounts.couponDiscounts");
    return {
      currency: order.at("totalIncTax.currencyCode", "subTotal.currencyCode"),
      lines,
      ...discountAndTotal(order, lines, coupons),
      couponCodes: coupons.each("couponCode"),
      ...buyersPlace(order, ["billingAddress"], ["countryCode", "country"], ["stateOrProvince"]),
    };
  },
};

function soldLine(line: JsonField): PlatformLine {
  return {
    source: line,
    sku: line.textAt("sku", "catalogProductWithOptionSelections.sku", "baseCatalogProduct.sku"),
    variantId: line.textAt("variantEntityId", "productEntityId"),
    total: line.at("subTotalSalePrice.value", "subTotalListPrice.value").needed(),
    quantity: line.at("quantity").needed("is missing"),
  };
}

/**
 * Lines hold prices before discounts, with tax where prices include it. What was paid for the goods is known for the
 * order only: its total less tax, shipping and the like. The difference comes off the lines as one discount.
 */
function discountAndTotal(order: JsonField, lines: readonly PlatformLine[], coupons: JsonField) {
  const amount = (name: string) => order.at(`${name}.value`).needed("is missing; ask for it");
  const [total, tax] = [order.at("totalIncTax.value"), amount("taxTotal")];
  const charges = sum(CHARGES.map(amount));
  const certificates = order.at("consignments.email.giftCertificates").each("lineItems");
  const giftCards = sumOf(certificates.flatMap((cards) => cards.each("salePrice.value")));
  const paid = total.needed("is missing; ask for it").minus(giftCards);
  const goods = paid.minus(charges);
  const included = order.at("isTaxIncluded").flag();
  if (included === undefined)
    order.at("isTaxIncluded").issue("is missing; it says whether prices include tax");
  if (included && !tax.eq(0) && !charges.eq(0)) {
    order
      .at("taxTotal")
      .adjusted("is that of goods and shipping together; the goods' part of it is computed in proportion");
  }
  const taxOfGoods = included ? share(tax, goods, paid) : tax;
  const net = goods.minus(taxOfGoods);
  const listed = sum(lines.map((line) => line.total));
  if (net.gt(listed)) return { stated: { amounts: [net], path: total.path } };
  const byCoupon = sum(coupons.each("discountedAmount.value").map((amount) => amount.needed()));
  const others = order.at("discounts.nonCouponDiscountTotal.value").orZero();
  // The discounts that the order names are what the difference is compared with.
  const expected = listed.minus(byCoupon).minus(others);
  const amounts = [included ? expected.minus(taxOfGoods) : expected];
  return { discount: listed.minus(net), stated: { amounts, path: "discounts", slack: 1 } };
}
