import { createHash } from "node:crypto";
import type { Order, OrderPayload, TrackingContext } from "@avantlink-s2s/core";

export const MERCHANT_ID = "123e4567-e89b-12d3-a456-426614174000";

const BROWSERS = [
  "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
];

/** The order number with these digits. */
export const orderNumber = (digits: number | string): string => `BENCH${digits}`;

/** The key of an order in an outbox. */
export function orderKeyOf(number: number): string {
  return createHash("sha256")
    .update(`${MERCHANT_ID}\n${orderNumber(number)}`)
    .digest("hex");
}

/** An order as shops have them: two lines on average, a coupon on every third, an order discount on every fifth. */
export function orderOf(number: number): Order {
  return {
    orderNumber: orderNumber(number),
    currency: "USD",
    couponCodes: number % 3 === 0 ? ["SAVE10"] : [],
    ...(number % 5 === 0 ? { orderDiscount: "12.50" } : {}),
    customer: { newCustomer: number % 2 === 0, country: "US", state: "UT", region: "" },
    products: Array.from({ length: 1 + (number % 3) }, (_, line) => ({
      sku: `SKU-${(number * 7 + line) % 5_000}`,
      unitPrice: ((number * 37 + line * 911) % 40_000) / 100 + 5,
      quantity: 1 + ((number + line) % 3),
    })),
  };
}

/** What is known of the shopper who placed it. */
export function contextOf(number: number): TrackingContext {
  return {
    currentUrl: `https://shop.example/checkout/thank-you?order=${number}`,
    referrerUrl: "https://shop.example/checkout/payment",
    userAgent: BROWSERS[number % BROWSERS.length] ?? "",
    ipAddress: `203.0.113.${number % 250}`,
    avad: `77_${(number * 2_654_435_761).toString(16).slice(0, 9)}`,
    visitorIds: [`9b2f8f3e-52a1-4f0e-8d8b-${String(number).padStart(12, "0")}`],
  };
}

/** The same as one would write it by hand after AvantLink's article: nothing checked, nothing spread, nothing scrubbed. */
export function payloadByHand(order: Order, context: TrackingContext): OrderPayload {
  const products = order.products ?? [];
  const sum = products.reduce((total, { unitPrice, quantity }) => total + Number(unitPrice) * quantity, 0);
  return {
    current_url: context.currentUrl ?? "",
    tracking_ids: {
      user_id: [],
      visitor_id: context.visitorIds ?? [],
      avantlink_avad: context.avad ?? "",
    },
    user_agent: context.userAgent ?? "",
    user_ip_address: context.ipAddress ?? "",
    referrer_url: context.referrerUrl ?? "",
    google_click_id: "",
    custom_tracking_code: "",
    order: {
      order_number: String(order.orderNumber),
      order_amount_subtotal: Math.round((sum - Number(order.orderDiscount ?? 0)) * 100) / 100,
      currency: order.currency,
      coupon_codes: order.couponCodes ?? [],
      customer: {
        new_customer: order.customer?.newCustomer ?? false,
        country: order.customer?.country ?? "",
        region: order.customer?.region ?? "",
        state: order.customer?.state ?? "",
      },
      products: products.map(({ sku, unitPrice, quantity }) => ({
        product_sku: sku ?? "",
        product_amount: Number(unitPrice),
        quantity,
      })),
    },
  };
}
