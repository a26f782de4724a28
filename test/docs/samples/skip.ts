import { createTracker, skip, trackOrders } from "@avantlink-s2s/express";

export const tracker = createTracker({ merchantId: process.env.AVANTLINK_MERCHANT_ID });

export const confirmation = trackOrders(tracker, (_req, res) =>
  res.locals.customer?.group === "wholesale" ? skip("wholesale") : res.locals.order,
);
