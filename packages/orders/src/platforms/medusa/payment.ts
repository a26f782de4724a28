import { type OrderShape, paidWhen, unpaidWhen } from "../../reading/platform-order.ts";

/** What the orders of both versions say of their payment. */
export const paymentStatus: Pick<OrderShape, "unsent" | "payment"> = {
  unsent: (order) => unpaidWhen(order.at("status"), ["canceled", "draft"]),

  payment: (order) => {
    const [field, collections] = [order.at("payment_status"), order.at("payment_collections")];
    if (!field.missing) return paidWhen(field, ["captured", "partially_refunded"], "captured");
    if (!collections.list()) return { field, paid: undefined, expected: "captured" };
    // A change of the total cancels a collection and makes another.
    const states = collections.each("status").map((status) => status.word());
    const valid = states.filter((state) => state !== "canceled");
    const paid = valid.length > 0 && valid.every((state) => state === "completed");
    return { field: collections, paid, expected: "all completed" };
  },
};
