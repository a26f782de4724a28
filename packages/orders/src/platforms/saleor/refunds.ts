import { itemsOf, lineOf, refundsOf } from "../../reading/map-refunds.ts";
import { soldLine } from "./lines.ts";

const REFUNDED = ["refunded", "refunded_and_returned"];

/**
 * A Saleor order with its `lines` and its `grantedRefunds { id createdAt status amount { amount } lines { quantity orderLine
 * { id } } }`, or with its `fulfillments { id status created lines { quantity orderLine { id } } }` of status REFUNDED or
 * REFUNDED_AND_RETURNED. Money: the net price of the lines; an amount without lines counts as the same part of the order as
 * it is of `total.gross`. Number: `number`.
 */
export const saleorRefunds = refundsOf({
  envelopes: ["order", "event.order", "data.order"],
  refundsIn: (order) => {
    const granted = order.at("grantedRefunds").entries();
    const fulfillments = order.at("fulfillments").entries();
    const fulfilled = fulfillments.filter((one) => REFUNDED.includes(one.at("status").word() ?? ""));
    if (order.at("grantedRefunds", "fulfillments").missing)
      order.at("grantedRefunds").issue("is missing; ask for grantedRefunds or fulfillments");
    return granted.length > 0 ? granted : fulfilled;
  },
  number: (order) => order.at("number").text(),
  currency: (order) => order.at("total.gross.currency", "subtotal.net.currency", "currency"),
  read: (refund, order) => {
    if (refund.at("status").word() === "failure") return undefined;
    const lines = refund.at("lines").entries();
    return {
      at: refund.at("createdAt", "created"),
      lines: lines.map((entry) => {
        const line = lineOf(order.at("lines"), entry.at("orderLine.id"));
        return itemsOf(soldLine(line), entry.at("quantity"));
      }),
      share: {
        refunded: refund.at("amount.amount").orZero(),
        paid: order.at("total.gross.amount").orZero(),
      },
    };
  },
});
