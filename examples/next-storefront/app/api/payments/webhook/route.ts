import { unpackContext } from "@avantlink-s2s/next"; // AvantLink
import { store } from "../../../../lib/database.ts";
import { orderForAvantLink } from "../../../../lib/order-for-avantlink.ts"; // AvantLink
import { readEvent } from "../../../../lib/payments.ts";
import { tracker } from "../../../../lib/tracker.ts"; // AvantLink

/** The payment provider calls when a payment went through, also for a shopper who never came to the thank-you page. */
export async function POST(request: Request): Promise<Response> {
  const signature = request.headers.get("x-payment-signature");
  const event = readEvent(await request.text(), signature, process.env.PAYMENT_SECRET);
  if (!event) return new Response("This is not signed by the provider.", { status: 400 });
  const order = store().orders.find(event.orderNumber);
  if (!order) return new Response("There is no such order.", { status: 404 });
  if (event.type === "payment.succeeded") {
    const shopper = unpackContext(event.metadata); // AvantLink: this request is the provider's, not the shopper's
    const receipt = await tracker.trackOrder(orderForAvantLink(order), shopper); // AvantLink
    // AvantLink: the provider calls again, and brings the order that was not stored
    if (receipt.shouldRetry) return new Response("Please call again.", { status: 503 }); // AvantLink
  }
  return new Response("Thank you.");
}
