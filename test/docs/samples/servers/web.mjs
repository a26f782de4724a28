import { trackClicks, trackOrders } from "@avantlink-s2s/express";
import express from "express";
import { openTracker } from "./tracker.mjs";

const tracker = openTracker(false); // accepts, and leaves the delivery to the workers
const app = express();
app.use(trackClicks(tracker));
app.get(
  "/checkout/thank-you",
  trackOrders(tracker, (req, res) => res.locals.order),
  (req, res) => {
    res.locals.order = {
      orderNumber: "1001",
      currency: "USD",
      customer: { newCustomer: true, country: "US" },
      products: [{ sku: "MUG-1", unitPrice: "19.99", quantity: 2 }],
    };
    res.send("Thank you");
  },
);
await tracker.start();
app.listen(3000);
