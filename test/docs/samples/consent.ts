import { createTracker } from "@avantlink-s2s/express";

export const tracker = createTracker({
  merchantId: process.env.AVANTLINK_MERCHANT_ID,
  endpoint: process.env.AVANTLINK_ENDPOINT,
  consent: ({ cookies }) => cookies.marketing === "yes",
});
