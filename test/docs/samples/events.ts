import { createTracker } from "@avantlink-s2s/core";
import { logger } from "./logger.ts";
import { mayBeLost } from "./may-be-lost.ts";

export const tracker = createTracker({
  merchantId: process.env.AVANTLINK_MERCHANT_ID,
  onEvent(event) {
    if ("error" in event) logger.warn({ ...event, message: event.error.message });
    else if (mayBeLost(event)) logger.warn(event);
    else logger.info(event);
  },
});
