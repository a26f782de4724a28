import { createTracker, trackClicks, trackOrders } from "@avantlink-s2s/express";

const tracker = createTracker({ merchantId: "123e4567-e89b-12d3-a456-426614174000", mode: "live" });
trackClicks(tracker);
trackOrders(tracker, () => undefined);
