import type { JsonField } from "../../reading/json-field.ts";
import {
  type PaymentState,
  paidWhen,
  type Unsent,
  unpaid,
  unpaidWhen,
} from "../../reading/platform-order.ts";

/** The names of REST, of the Admin API's GraphQL and of the Customer Account API. */
const STATUS = ["financial_status", "displayFinancialStatus", "financialStatus"] as const;

export function canceledOrRefunded(order: JsonField): Unsent | undefined {
  const cancelled = order.at("cancelled_at", "cancelledAt");
  if (!cancelled.missing) return unpaid(cancelled, "is set: the order was cancelled");
  return unpaidWhen(order.at(...STATUS), ["refunded", "voided", "expired"]);
}

export function payment(order: JsonField): PaymentState {
  return paidWhen(order.at(...STATUS), ["paid", "partially_refunded"], "paid or partially_refunded");
}
