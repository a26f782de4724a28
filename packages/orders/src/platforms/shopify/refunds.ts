import { ZERO } from "../../money/decimal.ts";
import { type JsonField, sumOf } from "../../reading/json-field.ts";
import { type RefundReason, refundsOf } from "../../reading/map-refunds.ts";
import type { PlatformLine } from "../../reading/platform-order.ts";

const FAILED = ["failure", "error"];
// The refund and the cancellation of one click.
const CANCEL_MS = 60_000;

/**
 * A Shopify order of the Admin API (REST or GraphQL) with its `refunds`, or `{ order, refund }` with the body of the webhook
 * `refunds/create`. Money: `subtotal` of each refunded line, less its tax where prices include it; what was refunded beside
 * lines, or kept, is the adjustment of kind `refund_discrepancy`. Number: the order's `name`. What was refunded when the
 * order was canceled, or later, is CANCELED or FRAUD, money without lines is ADJUSTMENT.
 */
export const shopifyRefunds = refundsOf({
  envelopes: ["order", "data.order"],
  refundsIn: (order) => order.at("refunds").neededList("is missing; get the order with its refunds"),
  number: (order) => order.at("name").text(),
  currency: (order) => order.at("currency", "currencyCode"),
  read: (refund, order) => {
    // Items that were removed before the payment are a refund without a transaction.
    const transactions = refund.at("transactions").list();
    if (transactions?.every((one) => FAILED.includes(one.at("status").word() ?? ""))) return undefined;
    const included = order.at("taxes_included", "taxesIncluded");
    if (included.flag() === undefined) included.issue("is missing; it says whether prices include tax");
    const entries = refund.at("refund_line_items", "refundLineItems").entries();
    const lines = entries.map((entry) => refundedLine(entry, included.flag() ?? false));
    const adjustments = refund.at("order_adjustments", "orderAdjustments").entries();
    // Negative where money was refunded beside the lines.
    const kept = adjustments
      .filter((entry) => entry.at("kind").word() !== "shipping_refund")
      .map((entry) => entry.at("amount", "amountSet.shopMoney.amount"));
    const at = refund.at("created_at", "processed_at", "createdAt");
    return {
      at,
      reason: reasonOf(order, at, entries),
      lines,
      beside: ZERO.minus(sumOf(kept)),
    };
  },
});

function refundedLine(entry: JsonField, taxIncluded: boolean): PlatformLine {
  const item = entry.at("line_item", "lineItem");
  const amount = (rest: string, graphql: string) =>
    entry.at(`${rest}_set.shop_money.amount`, `${graphql}Set.shopMoney.amount`, rest);
  const tax = taxIncluded ? amount("total_tax", "totalTax").needed() : ZERO;
  return {
    source: item,
    sku: item.at("sku"),
    variantId: item.at("variant_id", "variant.id"),
    total: amount("subtotal", "subtotal").needed().minus(tax),
    quantity: entry.at("quantity").needed("is missing"),
    // A tip, which the order leaves out too, has this field even where the field is empty.
    notGoods: item.at("gift_card", "isGiftCard").flag() || item.has("tip_payment_gateway"),
  };
}

function reasonOf(order: JsonField, at: JsonField, entries: readonly JsonField[]): RefundReason {
  const timeOf = (field: JsonField) => Date.parse(field.text() ?? "");
  // What was refunded before the order was canceled keeps its reason.
  if (timeOf(at) >= timeOf(order.at("cancelled_at", "cancelledAt")) - CANCEL_MS) {
    return order.at("cancel_reason", "cancelReason").word() === "fraud" ? "FRAUD" : "CANCELED";
  }
  if (entries.length === 0) return "ADJUSTMENT";
  const isCancel = (entry: JsonField) => entry.at("restock_type", "restockType").word() === "cancel";
  return entries.every(isCancel) ? "CANCELED" : "RETURN";
}
