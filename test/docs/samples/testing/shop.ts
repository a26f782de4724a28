import { type Tracker, trackClicks, trackOrders } from "@avantlink-s2s/express";
import express, { type Express } from "express";

/** The shop gets its tracker as an argument, so that a test can give another. */
export function createShop(tracker: Tracker): Express {
  const app = express();
  app.use(trackClicks(tracker));
  app.get("/", (_, res) => void res.send("home"));
  app.get(
    "/checkout/thank-you",
    trackOrders(tracker, (_, res) => res.locals.order),
    (_, res) => {
      res.locals.order = {
        orderNumber: "1001",
        currency: "USD",
        couponCodes: ["SAVE10"],
        customer: { newCustomer: true, country: "US", state: "UT" },
        products: [{ sku: "MUG-1", unitPrice: "19.99", quantity: 2 }],
      };
      res.send("Thank you");
    },
  );
  return app;
}
