import type { OrderPayload } from "./payload.ts";

/**
 * An order as it may be sent of a shopper who denied tracking, with `whenDenied: "anonymous"`: the sale (number,
 * amounts, lines, coupons, new customer or not, country) and nothing about the person. AvantLink rejects an order
 * without any ID, so `visitorId` is a fresh random ID that is kept nowhere else.
 */
export function anonymousPayload(payload: OrderPayload, visitorId: string): OrderPayload {
  const { order } = payload;
  return {
    ...payload,
    current_url: payload.current_url.split("?", 1)[0] ?? "",
    tracking_ids: { user_id: [], visitor_id: [visitorId], avantlink_avad: "" },
    user_agent: "",
    user_ip_address: "",
    referrer_url: "",
    google_click_id: "",
    custom_tracking_code: "",
    order: { ...order, customer: { ...order.customer, region: "", state: "" } },
  };
}
