import { toOrderPayload } from "@avantlink-s2s/core";
import { expect, test } from "vitest";
import { anonymousPayload } from "../../../packages/core/src/order/payload.ts";
import { anOrder } from "../../support/orders.ts";

test("an anonymous order holds the sale, a fresh ID and nothing of the shopper's, whatever was known", () => {
  const result = toOrderPayload(
    anOrder({
      customer: { newCustomer: true, country: "US", region: "planted", state: "planted", id: "planted" },
    }),
    {
      currentUrl: "https://shop.example/thank-you?utm_term=planted&avad=planted",
      referrerUrl: "https://planted.example/",
      userAgent: "planted",
      ipAddress: "203.0.113.7",
      avad: "planted",
      visitorIds: ["planted"],
      userIds: ["planted"],
      googleClickId: "planted",
      customTrackingCode: "planted",
    },
  );
  if (!result.ok) throw result.error;
  const { order } = result.payload;
  expect(JSON.stringify(result.payload).match(/planted/g)).toHaveLength(11);
  expect(anonymousPayload(result.payload, "fresh")).toEqual({
    current_url: "https://shop.example/thank-you",
    tracking_ids: { user_id: [], visitor_id: ["fresh"], avantlink_avad: "" },
    user_agent: "",
    user_ip_address: "",
    referrer_url: "",
    google_click_id: "",
    custom_tracking_code: "",
    order: { ...order, customer: { new_customer: true, country: "US", region: "", state: "" } },
  });
});
