import { createHash } from "node:crypto";
import { type OutboxJob, toOrderPayload } from "@avantlink-s2s/core";
import { contextOf, MERCHANT_ID, orderOf } from "../orders.ts";

/** An order as it is stored, mapped beforehand. */
export function jobOf(number: number, prefix: string): OutboxJob {
  const order = orderOf(number, prefix);
  const result = toOrderPayload(order, contextOf(number));
  if (!result.ok) throw result.error;
  return {
    key: createHash("sha256").update(`${MERCHANT_ID}\n${order.orderNumber}`).digest("hex"),
    kind: "order",
    orderNumber: "",
    body: JSON.stringify(result.payload),
    acceptedAt: Date.now(),
  };
}

/** Many of them; a stretch of numbers is used once. */
export function jobsOf(from: number, count: number, prefix: string): readonly OutboxJob[] {
  return Array.from({ length: count }, (_, index) => jobOf(from + index, prefix));
}
