import { type OrderShape, unpaidWhen } from "../../reading/platform-order.ts";

const PAID = ["processing", "completed"];
/** Statuses of an order that was never paid, or whose payment was taken back. */
const CLOSED = ["cancelled", "refunded", "failed", "trash", "auto-draft", "checkout-draft"];

/** What the orders of both APIs say of their payment. */
export const paymentStatus: Pick<OrderShape, "unsent" | "payment"> = {
  unsent: (order) => unpaidWhen(order.at("status"), CLOSED),

  /** An order whose status a plugin or the shop invented has a `date_paid` once it is paid. */
  payment: (order) => {
    const [field, date] = [order.at("status"), order.at("date_paid", "date_paid_gmt")];
    const paid = PAID.includes(field.word() ?? "") || date.text() !== undefined;
    const expected = "processing or completed, and there is no date_paid";
    return { field, paid: field.missing && !paid ? undefined : paid, expected };
  },
};
