import type { TrackingContext } from "@avantlink-s2s/core";
import { buyersPlace } from "../../reading/address.ts";
import { type Fees, feesOf } from "../../reading/fees.ts";
import { type JsonField, sumOf } from "../../reading/json-field.ts";
import { clickOf, packedContext, recordOf } from "../../reading/packed-context.ts";
import type { OrderShape, PlatformLine } from "../../reading/platform-order.ts";
import { paymentStatus } from "./payment.ts";

/** Meta keys that WooCommerce Gift Cards writes on a line that is a gift card. */
const GIFT_CARD_KEYS = ["wc_gc_giftcard_to_multiple", "wc_gc_giftcard_to", "wc_gc_giftcard_amount"];

/** An order of the REST API v3. */
export const restOrder: OrderShape = {
  number: (order) => order.at("number", "order_number", "id").text(),
  ...paymentStatus,

  read: (order) => {
    const lines = order.at("line_items").neededList().map(soldLine);
    const fees = feesOf(order.at("fee_lines"), (fee) => fee.at("total").orZero());
    return {
      currency: order.at("currency"),
      lines: [...lines, ...fees.reductions],
      stated: statedTotal(order, fees, lines.length),
      couponCodes: order.at("coupon_lines").each("code"),
      ...buyersPlace(order, ["billing", "shipping"], ["country"], ["state"]),
      customerId: order.at("customer_id").id(),
      context: shoppersContext(order),
    };
  },
};

/** A line of the order. */
export function soldLine(line: JsonField): PlatformLine {
  const keys = line.at("meta_data").each("key");
  const variation = line.at("variation_id");
  return {
    source: line,
    sku: line.at("sku"),
    variantId: variation.id() === undefined ? line.at("product_id") : variation,
    total: line.at("total").needed(),
    quantity: line.at("quantity").needed("is missing"),
    notGoods: keys.some((key) => GIFT_CARD_KEYS.includes(key.text() ?? "")),
  };
}

/** The order's total less taxes, shipping and charged fees. Gift cards that were used to pay have lowered it. */
function statedTotal(order: JsonField, fees: Fees, lines: number) {
  const [total, tax] = [order.at("total").amount(), order.at("total_tax").amount()];
  const shipping = order.at("shipping_total").amount();
  if (!total || !tax || !shipping) return undefined;
  const used = sumOf(order.at("gift_cards").each("amount"));
  const goods = total.plus(used).minus(tax).minus(shipping).minus(fees.charged);
  // Each of these amounts was rounded separately.
  return { amounts: [goods], path: "total", slack: Math.ceil((lines + fees.count + 3) / 2) };
}

/** What the shop packed at checkout, and what WooCommerce's own order attribution noted of the shopper's visit. */
function shoppersContext(order: JsonField): TrackingContext {
  const meta = order.beside(recordOf(order.at("meta_data")), "meta_data");
  const noted = (name: string) => meta.at(`_wc_order_attribution_${name}`).text();
  const packed = packedContext(order.at("meta_data"));
  const userAgent = order.at("customer_user_agent").text() ?? noted("user_agent");
  // Staff may have entered the order in their browser, and a storefront's server may have placed it.
  const byOthers = order.at("created_via").word() === "admin" || !/^Mozilla\//.test(userAgent ?? "");
  const isKnown = !byOthers && Object.keys(packed).length === 0;
  return {
    ...clickOf(noted("session_entry")),
    referrerUrl: noted("referrer"),
    ...(isKnown && { ipAddress: order.at("customer_ip_address").text(), userAgent }),
    ...packed,
  };
}
