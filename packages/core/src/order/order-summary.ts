import { sha256Hex } from "../runtime.ts";
import type { OrderPayload } from "./payload.ts";

/**
 * What an outbox keeps of an order after its body is erased. The hash is over what is billed, so that a page and a
 * webhook which know different things of the shopper count as the same order.
 */
export function orderSummary({ order }: OrderPayload): {
  readonly contentHash: string;
  readonly currency: string;
  readonly subtotal: number;
  readonly lines: number;
} {
  const { currency, order_amount_subtotal: subtotal, products } = order;
  const contentHash = sha256Hex(JSON.stringify([currency, subtotal, products]));
  return { contentHash, currency, subtotal, lines: products.length };
}
