import type { JsonField } from "../../reading/json-field.ts";
import { type PaymentState, type Unsent, unpaidWhen } from "../../reading/platform-order.ts";

const PAID = ["processing", "completed"];
/** Statuses of an order that was never paid, or whose payment was taken back. */
const CLOSED = ["cancelled", "refunded", "failed", "trash", "auto-draft", "checkout-draft"];

export function closedOrder(order: JsonField): Unsent | undefined {
  return unpaidWhen(order.at("status"), CLOSED);
}

/** An order whose status a plugin or the shop invented has a `date_paid` once it is paid. */
export function payment(order: JsonField): PaymentState {
  const field = order.at("status");
  const paid =
    PAID.includes(field.word() ?? "") || order.at("date_paid", "date_paid_gmt").text() !== undefined;
  return {
    field,
    paid: field.missing && !paid ? undefined : paid,
    expected: "processing or completed, and there is no date_paid",
  };
}
