import type { Order, TrackingContext } from "@avantlink-s2s/core";

export const MERCHANT_ID = "123e4567-e89b-12d3-a456-426614174000";

/** An order with nothing wrong about it. */
export function anOrder(changes: Partial<Order> = {}): Order {
  return {
    orderNumber: "1001",
    currency: "USD",
    couponCodes: ["SAVE10"],
    customer: { newCustomer: true, country: "US", state: "UT", region: "" },
    products: [
      { sku: "TENT-2P", unitPrice: "249.95", quantity: 1 },
      { sku: "PEG", unitPrice: 1.5, quantity: 8 },
    ],
    ...changes,
  };
}

/** A shopper's context with nothing wrong about it. */
export function aContext(changes: Partial<TrackingContext> = {}): TrackingContext {
  return {
    currentUrl: "https://shop.example/checkout/thank-you",
    referrerUrl: "https://shop.example/checkout",
    userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    ipAddress: "203.0.113.7",
    avad: "77_f3afbe121",
    visitorIds: ["9b2f8f3e-52a1-4f0e-8d8b-3d1d1a1f0c11"],
    ...changes,
  };
}
