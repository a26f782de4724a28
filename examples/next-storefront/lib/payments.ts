import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

/** The body of the provider's webhook. */
export interface PaymentEvent {
  readonly type: string;
  readonly orderNumber: string;
  /** The metadata that the shop gave with the payment. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Stands in for a payment provider: accepts a payment with metadata from the shop, and returns the metadata in a signed
 * webhook some time later. In this example nobody calls the webhook.
 */
export interface Payments {
  charge(orderNumber: string, metadata: PaymentEvent["metadata"]): void;
  /** The webhook's body for an order that was charged. */
  eventFor(orderNumber: string): string | undefined;
}

export function openPayments(database: DatabaseSync): Payments {
  database.exec(
    "CREATE TABLE IF NOT EXISTS payments (id TEXT PRIMARY KEY, order_number TEXT NOT NULL, event TEXT NOT NULL) STRICT",
  );
  const insert = database.prepare("INSERT INTO payments (id, order_number, event) VALUES (?, ?, ?)");
  const byOrder = database.prepare("SELECT event FROM payments WHERE order_number = ?");
  return {
    charge(orderNumber, metadata) {
      const event: PaymentEvent = { type: "payment.succeeded", orderNumber, metadata };
      insert.run(randomUUID(), orderNumber, JSON.stringify(event));
    },
    eventFor(orderNumber) {
      const row = byOrder.get(orderNumber);
      return row && String(row.event);
    },
  };
}

/** The event in a webhook's body, if the provider signed the body with the secret that it shares with the shop. */
export function readEvent(
  body: string,
  signature: string | null,
  secret: string | undefined,
): PaymentEvent | undefined {
  if (!secret || !signature) return undefined;
  const expected = Buffer.from(signatureOf(body, secret));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return JSON.parse(body);
}

/** How the provider signs. */
export function signatureOf(body: string, secret: string): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}
