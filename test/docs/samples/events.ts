import { createTracker } from "@avantlink-s2s/core";
import { logger } from "./logger.ts";

export const tracker = createTracker({
  merchantId: process.env.AVANTLINK_MERCHANT_ID,
  onEvent(event) {
    if ("error" in event) logger.warn({ ...event, message: event.error.message });
    else logger.info(event);
  },
});
