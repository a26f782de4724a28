import { currencyCode } from "@avantlink-s2s/core/money";
import { type Decimal, share, sum } from "../../money/decimal.ts";
import { type JsonField, sumOf } from "../../reading/json-field.ts";
import type { PlatformLine } from "../../reading/platform-order.ts";

/** A line of a Shopify order, with what the order's subtotal holds beside what was paid for the line. */
export interface ShopifyLine extends PlatformLine {
  /** The tax that was taken out of the line's price. */
  readonly tax: Decimal;
  /** What the items that were removed before the payment would have cost, with their tax. */
  readonly removed: Decimal;
}

/** Reads lines in the shop's currency. */
export function soldLines(order: JsonField): readonly ShopifyLine[] {
  const currency = currencyCode(order.at("currency", "currencyCode").value);
  const taxesIncluded = order.at("taxes_included", "taxesIncluded");
  if (taxesIncluded.flag() === undefined)
    taxesIncluded.issue("is missing; it says whether prices include tax");

  /** REST has `price` beside `price_set`, GraphQL has `originalUnitPriceSet` alone. */
  const amount = (holder: JsonField, rest: string, graphql: string): Decimal => {
    const shop = holder.at(`${rest}_set.shop_money`, `${graphql}Set.shopMoney`);
    if (shop.missing) return holder.at(rest, `${graphql}Set`).needed();
    const own = shop.at("currency_code", "currencyCode");
    if (!own.missing && currencyCode(own.value) !== currency) own.issue("is not the order's currency");
    return shop.at("amount").needed();
  };

  const soldLine = (line: JsonField): ShopifyLine => {
    const ordered = line.at("quantity").needed("is missing");
    const paid = paidQuantity(line, order, ordered);
    const removed = `${ordered.minus(paid).toString()} of ${ordered.toString()}`;
    if (!paid.eq(ordered)) line.adjusted(`${removed} items were removed before the payment`);
    const discounts = line
      .at("discount_allocations", "discountAllocations")
      .neededList("is missing; it says which discounts came off the price")
      .map((entry) => amount(entry, "amount", "allocatedAmount"));
    const taxes = line.at("tax_lines", "taxLines");
    const included = taxesIncluded.flag()
      ? taxes.neededList("is missing; prices include tax, which must be taken out")
      : [];
    // Discounts and tax are those of the ordered quantity.
    const gross = amount(line, "price", "originalUnitPrice").times(ordered).minus(sum(discounts));
    const tax = sum(included.map((entry) => amount(entry, "price", "price")));
    const ofPaid = (whole: Decimal) => (paid.eq(ordered) ? whole : share(whole, paid, ordered));
    return {
      source: line,
      sku: line.textAt("sku", "variant.sku"),
      variantId: line.textAt("variant_id", "variant.legacyResourceId", "variant.id", "product_id"),
      total: ofPaid(gross.minus(tax)),
      quantity: paid,
      notGoods: line.at("gift_card", "isGiftCard").flag() ?? false,
      tax: ofPaid(tax),
      removed: gross.minus(ofPaid(gross)),
    };
  };

  // A tip has this field even where the field is empty. Shopify's subtotal does not hold tips.
  const lines = order.at("line_items", "lineItems").neededList();
  return lines.filter((line) => !line.has("tip_payment_gateway")).map(soldLine);
}

/**
 * How many items of a line the shopper paid for: those left now, and those refunded since.
 * Items removed without money were taken out of the order before it was paid.
 */
function paidQuantity(line: JsonField, order: JsonField, ordered: Decimal): Decimal {
  const current = line.at("current_quantity", "currentQuantity").amount() ?? ordered;
  if (current.eq(ordered)) return ordered;
  const refunds = order.at("refunds").list();
  // Where the refunds were not asked for, the status shows whether there were any.
  const status = order.at("financial_status", "displayFinancialStatus").word();
  if (!refunds) return status === "partially_refunded" ? ordered : current;
  const id = line.at("id").text();
  const returned = refunds
    .filter((refund) => refund.at("transactions").list()?.length !== 0)
    .flatMap((refund) => refund.at("refund_line_items", "refundLineItems").entries())
    .filter((item) => id !== undefined && item.at("line_item_id", "lineItem.id").text() === id);
  const paid = current.plus(sumOf(returned.map((item) => item.at("quantity"))));
  return paid.gt(ordered) ? ordered : paid;
}
