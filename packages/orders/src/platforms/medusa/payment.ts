import { type OrderShape, paidIfFree, paidWhen, unpaidWhen } from "../../reading/platform-order.ts";
import { exactly } from "./exact-amount.ts";

/** What the orders of both versions say of their payment. */
export const paymentStatus: Pick<OrderShape, "unsent" | "payment"> = {
  unsent: (order) => unpaidWhen(order.at("status"), ["canceled", "draft"]),

  payment: (order) => {
    const [field, collections] = [order.at("payment_status"), order.at("payment_collections")];
    // A change of the total cancels a collection and makes another.
    const valid = collections.entries().filter((one) => one.at("status").word() !== "canceled");
    const completed = valid.length > 0 && valid.every((one) => one.at("status").word() === "completed");
    const payment =
      field.missing && collections.list()
        ? { field: collections, paid: completed, expected: "all completed" }
        : paidWhen(field, ["captured", "partially_refunded"], "captured");
    // A total may also be 0 because everything came back: then there was a payment.
    const isOpen = [undefined, "not_paid", "awaiting"].includes(field.word());
    const hasNoPayment = isOpen && valid.every((one) => exactly(one.at("amount")).amount()?.lte(0));
    return hasNoPayment ? paidIfFree(exactly(order.at("total")), payment) : payment;
  },
};
