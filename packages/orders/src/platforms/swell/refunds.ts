import { type RefundReason, refundsOf } from "../../reading/map-refunds.ts";

const REASONS: Readonly<Record<string, RefundReason>> = { duplicate: "ADJUSTMENT", fraudulent: "FRAUD" };

/**
 * A Swell order with its `refunds` (`expand=refunds`), or `{ order, refund }` with an object of `/payments:refunds`. Swell's
 * refunds are amounts without lines: what was refunded counts as the same part of the order as it is of `grand_total`.
 * Number: `number`.
 */
export const swellRefunds = refundsOf({
  envelopes: ["data"],
  refundsIn: (order) =>
    order.at("refunds.results", "refunds").neededList("is missing; ask for expand=refunds"),
  number: (order) => order.at("number").text(),
  currency: (order) => order.at("currency"),
  read: (refund, order) => {
    if (refund.at("success").flag() === false) return undefined;
    return {
      at: refund.at("date_created", "dateCreated"),
      reason: REASONS[refund.at("reason").word() ?? ""],
      share: { refunded: refund.at("amount").needed(), paid: order.at("grand_total", "grandTotal").needed() },
    };
  },
});
