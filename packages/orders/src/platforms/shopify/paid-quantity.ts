import { type Decimal, sum, ZERO } from "../../money/decimal.ts";
import type { JsonField } from "../../reading/json-field.ts";

/**
 * How many items of a line the shopper paid for: those left now, and those refunded since.
 * Items removed without money were taken out of the order before it was paid.
 */
export function paidQuantity(line: JsonField, order: JsonField, ordered: Decimal): Decimal {
  const current = currentQuantity(line, ordered);
  if (current.eq(ordered)) return ordered;
  const refunds = order.at("refunds").list();
  // Where the refunds were not asked for, the status shows whether there were any.
  if (!refunds) return isPartlyRefunded(order) ? ordered : current;
  const paid = current.plus(sum(refunds.filter(paidBack).map((refund) => returned(refund, line))));
  return paid.gt(ordered) ? ordered : paid;
}

/** How many items of a line are left now. */
function currentQuantity(line: JsonField, ordered: Decimal): Decimal {
  return line.at("current_quantity", "currentQuantity").amount() ?? ordered;
}

function isPartlyRefunded(order: JsonField): boolean {
  return order.at("financial_status", "displayFinancialStatus").word() === "partially_refunded";
}

function paidBack(refund: JsonField): boolean {
  return (refund.at("transactions").list()?.length ?? 0) > 0;
}

function returned(refund: JsonField, line: JsonField): Decimal {
  const id = line.at("id").text();
  const items = refund.at("refund_line_items", "refundLineItems").list() ?? [];
  const own = items.filter(
    (item) => id !== undefined && item.at("line_item_id", "lineItem.id").text() === id,
  );
  return sum(own.map((item) => item.at("quantity").amount() ?? ZERO));
}
