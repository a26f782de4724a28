import type { Sandbox } from "@avantlink-s2s/sandbox";

export const MERCHANT = "123e4567-e89b-12d3-a456-426614174000";

const browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/** A click without a fault. */
export function clickBody() {
  return {
    tracking_ids: {
      user_id: [] as unknown[],
      visitor_id: ["visitor-1"] as unknown[],
      avantlink_avad: "77_f3afbe121",
    },
    user_agent: browser,
    current_url: "https://shop.example/?avad=77_f3afbe121",
    referrer_url: "https://blog.example/boots",
    google_click_id: "",
    custom_tracking_code: "",
    user_ip_address: "8.8.8.8",
  };
}

/** An order of the same shopper without a fault. */
export function orderBody() {
  return {
    ...clickBody(),
    current_url: "https://shop.example/thank-you",
    referrer_url: "https://shop.example/checkout",
    order: {
      order_number: "1001" as unknown,
      order_amount_subtotal: 59.97 as unknown,
      currency: "USD",
      coupon_codes: ["SPRING"] as unknown[],
      customer: { new_customer: true as unknown, country: "US", region: "", state: "UT" },
      products: [
        { product_sku: "BOOT-9", product_amount: 19.99 as unknown, quantity: 2 as unknown },
        { product_sku: "SOCK-1", product_amount: 19.99 as unknown, quantity: 1 as unknown },
      ],
    },
  };
}

/** The order body of AvantLink's article: blank IDs, a loopback address, a country of three letters. */
export function articleBody() {
  return {
    current_url: "http://google.com",
    tracking_ids: { user_id: [""], visitor_id: [""], avantlink_avad: "" },
    user_agent: browser,
    user_ip_address: "127.0.0.1",
    referrer_url: "https://google.com",
    google_click_id: "",
    custom_tracking_code: "",
    order: {
      order_number: "12345",
      order_amount_subtotal: 100,
      currency: "USD",
      coupon_codes: ["free-shipping"],
      customer: { new_customer: false, country: "USA", region: "", state: "UT" },
      products: [{ product_sku: "sku-1", product_amount: 50, quantity: 2 }],
    },
  };
}

export const serverHeaders = {
  "content-type": "application/json",
  accept: "application/json",
  "user-agent": "shop-server/1.0",
};

export interface PostOptions {
  readonly merchantId?: string;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

/** Posts as a shop's server does. */
export function post(
  sandbox: Sandbox,
  endpoint: "order" | "click",
  body: unknown,
  options: PostOptions = {},
) {
  const { merchantId = MERCHANT, headers = {}, signal } = options;
  return fetch(`${sandbox.url}/merchants/${merchantId}/tracking/${endpoint}`, {
    method: "POST",
    redirect: "manual",
    headers: { ...serverHeaders, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...(signal !== undefined && { signal }),
  });
}
