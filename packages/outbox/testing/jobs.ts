import { createHash } from "node:crypto";
import {
  type DeadReason,
  type JobState,
  type Outbox,
  type OutboxJob,
  stateOf,
  type Verdict,
} from "@avantlink-s2s/core";

/** The key of an order. */
export function keyOf(orderNumber: string): string {
  return createHash("sha256").update(`merchant\n${orderNumber}`).digest("hex");
}

/** An order on its way. */
export function aJob(orderNumber: string, changes: Partial<OutboxJob> = {}): OutboxJob {
  return {
    key: keyOf(orderNumber),
    kind: "order",
    orderNumber,
    body: JSON.stringify({ order: { order_number: orderNumber } }),
    acceptedAt: Date.now(),
    ...changes,
  };
}

export const REFUSED: DeadReason = {
  code: "delivery.refused",
  message: "HTTP 400 [client.model.blank] It is blank.",
  errorKey: "client.model.blank",
  status: 400,
};

export const delivered: Verdict = { status: "delivered" };

export const dead: Verdict = { status: "dead", reason: REFUSED };

export function retry(at: number, counted = true): Verdict {
  return { status: "retry", at, counted, reason: "HTTP 503" };
}

/** What an outbox says of a key. */
export async function stateIn(outbox: Outbox, key: string): Promise<JobState | undefined> {
  return stateOf(await outbox.find(key));
}
