import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";

/** What the payment provider tells in its webhook. */
export type PaymentEvent = z.infer<typeof paymentEvent>;

// Of any type, and with whatever that type says: an event that cannot be read would be told again and again.
const paymentEvent = z.looseObject({ id: z.string(), type: z.string() });

/** That an order was paid. */
export type Payment = z.infer<typeof payment>;

const payment = z.object({
  orderNumber: z.string(),
  /** What was paid, in cents. */
  amount: z.int(),
});

export const SIGNATURE_HEADER = "x-payment-signature";

/** The event of a webhook's body, if the provider signed these bytes with the secret that only it and the shop know. */
export function readEvent(
  body: unknown,
  signature: string | undefined,
  secret: string | undefined,
): PaymentEvent | undefined {
  if (!secret || !signature || !Buffer.isBuffer(body)) return undefined;
  const expected = Buffer.from(signatureOf(body, secret));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return paymentEvent.parse(JSON.parse(body.toString()));
}

/** What was paid, if that is what the event tells. */
export function paymentOf(event: PaymentEvent): Payment | undefined {
  return event.type === "payment.succeeded" ? payment.parse(event) : undefined;
}

/** How the provider signs. */
export function signatureOf(body: string | Buffer, secret: string): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}
