import { type OrderShape, paidWhen, unpaid, unpaidWhen } from "../../reading/platform-order.ts";

/** The names of REST, of the Admin API's GraphQL and of the Customer Account API. */
const STATUS = ["financial_status", "displayFinancialStatus", "financialStatus"] as const;

/** What the orders of every API say of their payment. */
export const paymentStatus: Pick<OrderShape, "unsent" | "payment"> = {
  unsent: (order) => {
    const cancelled = order.at("cancelled_at", "cancelledAt");
    if (!cancelled.missing) return unpaid(cancelled, "is set: the order was cancelled");
    return unpaidWhen(order.at(...STATUS), ["refunded", "voided", "expired"]);
  },
  payment: (order) =>
    paidWhen(order.at(...STATUS), ["paid", "partially_refunded"], "paid or partially_refunded"),
};
