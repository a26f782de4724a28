import { type Decimal, ZERO } from "../../money/decimal.ts";
import { buyersPlace } from "../../reading/address.ts";
import { type JsonField, sumOf } from "../../reading/json-field.ts";
import { packedContext } from "../../reading/packed-context.ts";
import type { OrderShape, PlatformLine } from "../../reading/platform-order.ts";
import { exactly } from "./exact-amount.ts";
import { paymentStatus } from "./payment.ts";

/** An order of Medusa v2. Its amounts are in major units. */
export const v2Order: OrderShape = {
  number: (order) => order.at("custom_display_id", "display_id").text(),
  ...paymentStatus,

  read: (order) => {
    const items = order.at("items").neededList("is missing; ask for items.*");
    const guest = order.at("customer.has_account").flag() === false;
    const lines = items.map(soldLine);
    return {
      currency: order.at("currency_code"),
      lines,
      stated: lines.some((line) => line.notGoods) ? undefined : statedTotal(order),
      couponCodes: promotionCodes(order, items),
      ...buyersPlace(order, ["billing_address", "shipping_address"], ["country_code"], ["province"]),
      customerId: guest ? undefined : order.at("customer_id").text(),
      context: packedContext(order.at("metadata")),
    };
  },
};

function soldLine(item: JsonField): PlatformLine {
  const ordered = exactly(item.at("quantity")).needed("is missing");
  const net = netTotal(item);
  const quantity = itemsIn(item, ordered, net);
  if (!quantity.eq(ordered)) {
    item.adjusted(
      `${ordered.minus(quantity).toString()} of ${ordered.toString()} items came back; they are left out`,
    );
  }
  return {
    source: item,
    sku: item.textAt("variant_sku", "variant.sku"),
    variantId: item.at("variant_id", "product_id"),
    total: net,
    quantity,
    notGoods: item.at("is_giftcard").flag() ?? false,
  };
}

/**
 * How many items the money of a line is for. Medusa's totals leave out the items that came back; those of its first
 * versions do not: the price of one item shows which.
 */
function itemsIn(item: JsonField, ordered: Decimal, net: Decimal): Decimal {
  const returned = ["return_received_quantity", "return_dismissed_quantity"];
  const back = sumOf(returned.map((name) => exactly(item.at(`detail.${name}`))));
  if (back.eq(0)) return ordered;
  const [left, price] = [ordered.minus(back), exactly(item.at("unit_price")).orZero()];
  const listed = listedTotal(item, net);
  if (!listed || price.eq(0)) return left;
  const off = (items: Decimal) => price.times(items).minus(listed).abs();
  return off(ordered).lt(off(left)) ? ordered : left;
}

/** `unit_price × quantity`, as Medusa's subtotal has it: with the tax that is in the price. */
function listedTotal(item: JsonField, net: Decimal): Decimal | undefined {
  const subtotal = exactly(item.at("subtotal")).amount();
  const tax = exactly(item.at("tax_total")).orZero();
  if (!subtotal || !item.at("is_tax_inclusive").flag() || net.eq(0)) return subtotal;
  return subtotal.times(net.plus(tax)).div(net);
}

function netTotal(item: JsonField): Decimal {
  const [subtotal, discount] = [exactly(item.at("subtotal")), exactly(item.at("discount_subtotal"))];
  if (!discount.missing) return subtotal.needed().minus(discount.needed());
  const [total, tax] = [exactly(item.at("total")), exactly(item.at("tax_total"))];
  if (total.missing || tax.missing) {
    discount.issue("is missing, and so are total and tax_total; ask for the items' totals");
    return ZERO;
  }
  return total.needed().minus(tax.needed());
}

/** The order's `item_total`, which is after discounts, less the items' tax. */
function statedTotal(order: JsonField) {
  const total = exactly(order.at("item_total")).amount();
  const tax = exactly(order.at("item_tax_total")).amount();
  return total && tax ? { amounts: [total.minus(tax)], path: "item_total", slack: 1 } : undefined;
}

/** The codes of promotions on items and shipping, without those that apply by themselves. */
function promotionCodes(order: JsonField, items: readonly JsonField[]): readonly JsonField[] {
  const promotions = order.at("promotions").entries();
  const automatic = promotions.filter((promotion) => promotion.at("is_automatic").flag());
  const notTyped = new Set(automatic.map((promotion) => promotion.at("code").text()));
  const adjusted = [...items, ...order.at("shipping_methods").entries()];
  const adjustments = adjusted.flatMap((entry) => entry.at("adjustments").entries());
  const codes = [...adjustments, ...promotions].map((entry) => entry.at("code"));
  return codes.filter((code) => !notTyped.has(code.text()));
}
