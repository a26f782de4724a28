import { createTracker } from "@avantlink-s2s/web";

export const tracker = createTracker({
  merchantId: process.env.AVANTLINK_MERCHANT_ID,
  cookies: { domain: "shop.example" },
});
