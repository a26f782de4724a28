import { exact } from "../../money/decimal.ts";
import { atMost, itemsOf, lineOf, nested, refundsOf } from "../../reading/map-refunds.ts";
import { soldLine } from "./lines.ts";

/** Vendure's integers have two decimals. */
const CENT = exact(0.01);

/**
 * A Vendure order with its `lines` and `payments { refunds { id createdAt state total lines { orderLineId quantity } } }`.
 * Money: `proratedUnitPrice` of the refunded items, or the part of it that `total` is of their `proratedUnitPriceWithTax`; a
 * refund without lines counts as the same part of the order as its `total` is of `totalWithTax`. A shop whose `MoneyStrategy` has another precision than two decimals gives its refunds as NDJSON.
 * Number: `code`.
 */
export const vendureRefunds = refundsOf({
  envelopes: ["order", "data.order", "data.orderByCode"],
  refundsIn: (order) => {
    if (order.at("payments").missing) order.at("payments").issue("is missing; ask for payments { refunds }");
    return nested(order.at("payments"), "refunds");
  },
  number: (order) => order.at("code").text(),
  currency: (order) => order.at("currencyCode"),
  read: (refund, order) => {
    if (refund.at("state").word() === "failed") return undefined;
    const refunded = refund.at("total").needed();
    const entries = refund.at("lines").entries();
    const lines = entries.map((entry) => {
      const line = lineOf(order.at("lines"), entry.at("orderLineId", "orderLine.id"));
      const items = itemsOf(soldLine(line, CENT), entry.at("quantity"));
      // A canceled line has no price left, and its unit price is before discounts: `total` bounds it below.
      const each = line.at("proratedUnitPrice").amount();
      const total = each ? each.times(CENT).times(items.quantity) : items.total;
      const gross = line.at("proratedUnitPriceWithTax").orZero().times(items.quantity);
      return { ...items, total, gross };
    });
    return {
      at: refund.at("createdAt"),
      // The items of an order with several payments stand in the refund of each payment.
      lines: atMost(refunded, lines),
      share: { refunded, paid: order.at("totalWithTax").orZero() },
    };
  },
});
