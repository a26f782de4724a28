import { atMost, itemsOf, lineOf, refundsOf } from "../../reading/map-refunds.ts";
import { soldLine } from "./lines.ts";

const REFUNDED = ["refunded", "refunded_and_returned"];

/**
 * A Saleor order with its `lines { unitPrice { net gross } … }` and its `grantedRefunds { id createdAt status amount { amount }
 * lines { quantity orderLine { id } } transactionEvents { type createdAt } }`, or with its `fulfillments { id status created
 * totalRefundedAmount { amount } lines { quantity orderLine { id } } }` of status REFUNDED or REFUNDED_AND_RETURNED. A granted
 * refund counts once its status is SUCCESS, on the day of that event. Money: the net price of the lines, or the part of it that
 * the amount is of their gross price; an amount without lines counts as the same part of the order as it is of `total.gross`.
 * Number: `number`.
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
    const status = refund.at("status");
    if (status.missing) status.incomplete("is missing, so the refund counts as made; ask for it");
    else if (!["success", ...REFUNDED].includes(status.word() ?? "")) {
      status.incomplete(`${status.described()}, so nothing is taken back; SUCCESS is a refund that was made`);
      return undefined;
    }
    const refunded = refund.at("amount.amount", "totalRefundedAmount.amount").orZero();
    const lines = refund.at("lines").entries();
    const events = refund.at("transactionEvents").entries();
    const made = events.filter((event) => event.at("type").word() === "refund_success").at(-1);
    return {
      // A refund is often granted days before it is made.
      at: (made ?? refund).at("createdAt", "created"),
      lines: atMost(
        refunded,
        lines.map((entry) => {
          const line = lineOf(order.at("lines"), entry.at("orderLine.id"));
          const items = itemsOf(soldLine(line), entry.at("quantity"));
          const price = line.at("unitPrice.gross.amount");
          if (price.missing) price.incomplete("is missing, so the refund's amount is not read; ask for it");
          return { ...items, gross: price.orZero().times(items.quantity) };
        }),
      ),
      share: { refunded, paid: order.at("total.gross.amount").orZero() },
    };
  },
});
