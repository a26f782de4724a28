import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";

/** What the payment provider tells in its webhook. */
export type PaymentEvent = z.infer<typeof paymentEvent>;

const paymentEvent = z.object({
  id: z.string(),
  type: z.enum(["payment.succeeded", "payment.failed"]),
  orderNumber: z.string(),
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

/** How the provider signs. */
export function signatureOf(body: string | Buffer, secret: string): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}
