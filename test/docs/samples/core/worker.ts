import { createTracker, type Order, unpackContext } from "@avantlink-s2s/core";

const tracker = createTracker({ merchantId: process.env.AVANTLINK_MERCHANT_ID });
await tracker.start(); // goes on with what is pending

/** Called when an order is paid. `row.context` is what `packContext` made of the shopper's context at checkout. */
export async function orderPaid(order: Order, row: { readonly context: Record<string, string> }) {
  const receipt = await tracker.trackOrder(order, unpackContext(row.context));
  return receipt.shouldRetry ? "again" : "done";
}
