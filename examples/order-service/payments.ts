import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";

/** The body of the payment provider's webhook. */
export type PaymentEvent = z.infer<typeof paymentEvent>;

// Accepts every type and every further field: the provider repeats an event that the shop cannot read.
const paymentEvent = z.looseObject({ id: z.string(), type: z.string() });

/** A payment of an order. */
export type Payment = z.infer<typeof payment>;

const payment = z.object({
  orderNumber: z.string(),
  /** The paid amount, in cents. */
  amount: z.int(),
});

export const SIGNATURE_HEADER = "x-payment-signature";

/** The event in a webhook's body, if the provider signed these bytes with the secret that it shares with the shop. */
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

/** The payment, if the event is about a payment. */
export function paymentOf(event: PaymentEvent): Payment | undefined {
  return event.type === "payment.succeeded" ? payment.parse(event) : undefined;
}

/** How the provider signs. */
export function signatureOf(body: string | Buffer, secret: string): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}
