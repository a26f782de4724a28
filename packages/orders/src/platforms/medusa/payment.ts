import type { JsonField } from "../../reading/json-field.ts";
import { type PaymentState, paidWhen, type Unsent, unpaidWhen } from "../../reading/platform-order.ts";

const PAID = ["captured", "partially_refunded"];

export function canceledOrDraft(order: JsonField): Unsent | undefined {
  return unpaidWhen(order.at("status"), ["canceled", "draft"]);
}

export function payment(order: JsonField): PaymentState {
  const [field, collections] = [order.at("payment_status"), order.at("payment_collections")];
  if (!field.missing) return paidWhen(field, PAID, "captured");
  // A change of the total cancels a collection and makes another.
  const states = collections
    .list()
    ?.map((collection) => collection.at("status").word())
    .filter((state) => state !== "canceled");
  if (!states) return { field, paid: undefined, expected: "captured" };
  const paid = states.length > 0 && states.every((state) => state === "completed");
  return { field: collections, paid, expected: "all completed" };
}
