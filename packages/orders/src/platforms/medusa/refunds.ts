import { sumOf } from "../../reading/json-field.ts";
import { nested, type RefundReason, refundsOf } from "../../reading/map-refunds.ts";
import { v2Order } from "./v2-order.ts";

const REASONS: Readonly<Record<string, RefundReason>> = { discount: "ADJUSTMENT", other: "ADJUSTMENT" };

/**
 * A Medusa order with its refunds: `payment_collections.payments.refunds` (v2), `refunds` (v1). Medusa's refunds are amounts
 * without lines: the part of the payments that was refunded counts as the same part of the order. Number: as of the order.
 */
export const medusaRefunds = refundsOf({
  envelopes: ["order"],
  refundsIn: (order) =>
    order.at("payment_collections").missing
      ? order.at("refunds").neededList("is missing; ask for +payment_collections.payments.refunds")
      : nested(order.at("payment_collections"), "payments", "refunds"),
  number: (order) => v2Order.number(order),
  currency: (order) => order.at("currency_code"),
  read: (refund, order) => {
    const collections = order.at("payment_collections").list();
    const captured = nested(order.at("payment_collections"), "payments").filter(
      (payment) => payment.at("canceled_at").missing,
    );
    return {
      at: refund.at("created_at"),
      reason: collections ? undefined : REASONS[refund.at("reason").word() ?? ""],
      share: {
        refunded: refund.at("raw_amount.value", "amount").needed(),
        paid: collections
          ? sumOf(captured.map((payment) => payment.at("raw_amount.value", "amount")))
          : order.at("paid_total", "total").needed(),
      },
    };
  },
});
