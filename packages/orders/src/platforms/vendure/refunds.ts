import { decimal } from "@avantlink-s2s/core/money";
import { ZERO } from "../../money/decimal.ts";
import { itemsOf, lineOf, nested, refundsOf } from "../../reading/map-refunds.ts";
import { soldLine } from "./lines.ts";

/** Vendure's integers have two decimals. */
const CENT = decimal(0.01) ?? ZERO;

/**
 * A Vendure order with its `lines` and `payments { refunds { id createdAt state total lines { orderLineId quantity } } }`.
 * Money: `proratedLinePrice` of the refunded items; a refund without lines counts as the same part of the order as its `total`
 * is of `totalWithTax`. A shop whose `MoneyStrategy` has another precision than two decimals gives its refunds as NDJSON.
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
    const lines = refund.at("lines").list() ?? [];
    return {
      id: refund.at("id"),
      at: refund.at("createdAt"),
      lines: lines.map((entry) => {
        const line = lineOf(order.at("lines"), entry.at("orderLineId", "orderLine.id"));
        return itemsOf(soldLine(line, CENT), entry.at("quantity"));
      }),
      share: { refunded: refund.at("total").needed(), paid: order.at("totalWithTax").amount() ?? ZERO },
    };
  },
});
