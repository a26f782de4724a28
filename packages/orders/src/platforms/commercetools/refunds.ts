import { type Decimal, ONE, sum, ZERO } from "../../money/decimal.ts";
import { feesOf } from "../../reading/fees.ts";
import type { JsonField } from "../../reading/json-field.ts";
import { itemsOf, lineOf, nested, refundsOf } from "../../reading/map-refunds.ts";
import { discountOnTotal } from "./discount-on-total.ts";
import { centMoney, netOf, soldLine } from "./lines.ts";

/**
 * A commercetools order. The items of `returnInfo` whose `paymentState` is Refunded, with the prices of their lines; an order
 * without such items: the transactions of type Refund of its payments (`expand: "paymentInfo.payments[*]"`), as the part that
 * they are of what was charged. commercetools does not say when an item became Refunded: the last refund among the payments
 * before the item's `lastModifiedAt` dates it; without payments that time itself does, which later changes of the item move.
 * Number: `orderNumber`, else `id`.
 */
export const commercetoolsRefunds = refundsOf({
  envelopes: ["resource.obj", "data.order"],
  refundsIn: (order) => {
    const returned = nested(order.at("returnInfo"), "items");
    const refunded = returned.filter((item) => item.at("paymentState").word() === "refunded");
    return refunded.length > 0 ? refunded : transactions(order, "refund");
  },
  number: (order) => order.at("orderNumber", "id").text(),
  currency: (order) => order.at("totalPrice.currencyCode"),
  read: (refund, order) => {
    if (!refund.at("customLineItemId").missing) {
      refund.incomplete("returns a custom line, which is no goods; it is left out");
      return undefined;
    }
    if (refund.at("lineItemId").missing) {
      const charged = transactions(order, "charge").map((charge) => centMoney(charge.at("amount")) ?? ZERO);
      const refunded = centMoney(refund.at("amount")) ?? refund.at("amount.centAmount").needed();
      const share = { refunded, paid: sum(charged) };
      return { at: refund.at("timestamp"), reason: "ADJUSTMENT", share };
    }
    const line = soldLine(lineOf(order.at("lineItems"), refund.at("lineItemId")));
    const reduced = { ...line, total: line.total.times(paidPart(order)) };
    return { at: refundedAt(refund, order), lines: [itemsOf(reduced, refund.at("quantity"))] };
  },
});

/** When a return item was refunded. Its `createdAt` is when the return was registered, often weeks before. */
function refundedAt(item: JsonField, order: JsonField): JsonField {
  const modified = item.at("lastModifiedAt");
  const ms = (at: JsonField) => Date.parse(at.text() ?? "");
  const made = transactions(order, "refund").map((refund) => refund.at("timestamp"));
  const before = made.filter((at) => ms(at) <= ms(modified)).sort((a, b) => ms(a) - ms(b));
  return before.at(-1) ?? modified;
}

/** What is left of the lines' prices after discounts on the total price, and custom lines that are discounts. */
function paidPart(order: JsonField): Decimal {
  const items = order.at("lineItems").entries();
  const goods = sum(items.map((item) => soldLine(item).total));
  const { reductions, charged } = feesOf(order.at("customLineItems"), netOf);
  const left = goods.plus(sum(reductions.map((line) => line.total)));
  const { discount = ZERO } = discountOnTotal(order, left, charged);
  return goods.gt(0) ? left.minus(discount).div(goods) : ONE;
}

/** The successful transactions of a type. */
function transactions(order: JsonField, type: string): readonly JsonField[] {
  const payments = order.at("paymentInfo.payments");
  return [...nested(payments, "obj.transactions"), ...nested(payments, "transactions")].filter(
    (one) => one.at("type").word() === type && one.at("state").word() === "success",
  );
}
