import { type RefundReason, refundsOf } from "../../reading/map-refunds.ts";
import { unitOf } from "./minor-units.ts";

const REASONS: Readonly<Record<string, RefundReason>> = {
  duplicate: "ADJUSTMENT",
  expired_uncaptured_charge: "CANCELED",
  fraudulent: "FRAUD",
};

/**
 * A Stripe Refund with its charge (`expand: ["charge"]`), a Charge with its refunds (`expand: ["refunds"]`), or the event
 * that holds one of them. Stripe knows no lines of a refund: the part of the payment that was refunded counts as the same
 * part of the order. Number: `metadata.order_number` of refund, charge or PaymentIntent, else the PaymentIntent's ID.
 * A session's metadata is not copied to them: give it as `payment_intent_data.metadata` too.
 */
export const stripeRefunds = refundsOf({
  envelopes: ["data.object"],
  refundsIn: (given) =>
    given.at("object").text() === "charge"
      ? given.at("refunds").neededList('are missing: retrieve the charge with expand: ["refunds"]')
      : [given],
  number: (given, refund) =>
    refund
      .textAt("metadata.order_number", "charge.metadata.order_number", "payment_intent.metadata.order_number")
      .text() ??
    given.at("metadata.order_number").text() ??
    given.textAt("payment_intent.id", "payment_intent", "charge.payment_intent").text(),
  currency: (_given, refund) => refund.at("currency"),
  read: (refund, given) => {
    if (["failed", "canceled", "requires_action"].includes(refund.at("status").word() ?? ""))
      return undefined;
    const charge = given.at("object").text() === "charge" ? given : refund.at("charge");
    const paid = charge.at("amount_captured", "amount");
    const unit = unitOf(refund.at("currency"));
    return {
      at: refund.at("created"),
      reason: REASONS[refund.at("reason").word() ?? ""],
      share: {
        refunded: refund.at("amount").needed().times(unit),
        paid: paid.needed('is missing: retrieve the refund with expand: ["charge"]').times(unit),
      },
    };
  },
});
