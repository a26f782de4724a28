import { refundsOf } from "../../reading/map-refunds.ts";
import { ENVELOPES, purchaseUnit } from "./purchase-unit.ts";

const DONE = ["completed", "pending"];

/**
 * A PayPal order of the Orders API v2 with `purchase_units[0].payments.refunds`, or `{ order, refund }` with the resource of
 * the webhook PAYMENT.CAPTURE.REFUNDED. PayPal knows no lines of a refund: what was refunded counts as the same part of the
 * order as it is of the unit's `amount`. Number: `invoice_id`, else `custom_id`, else the order's `id`.
 */
export const payPalRefunds = refundsOf({
  envelopes: ENVELOPES,
  refundsIn: (order) =>
    purchaseUnit(order)
      .at("payments.refunds")
      .neededList("is missing; give { order, refund }: a refund lacks the order's amount"),
  number: (order) =>
    purchaseUnit(order).textAt("invoice_id", "invoiceId", "custom_id", "customId").text() ??
    order.at("id").text(),
  currency: (_order, refund) => refund.at("amount.currency_code", "amount.currencyCode"),
  read: (refund, order) => {
    if (!DONE.includes(refund.at("status").word() ?? "completed")) return undefined;
    const paid = purchaseUnit(order).at("amount.value").needed();
    const share = { refunded: refund.at("amount.value").needed(), paid };
    return { at: refund.at("create_time", "createTime"), share };
  },
});
