import { createTracker, trackClicks, trackOrders } from "@avantlink-s2s/express";
import express from "express";

const tracker = createTracker({ merchantId: process.env.AVANTLINK_MERCHANT_ID });
const app = express();

app.use(trackClicks(tracker)); // before your pages: remembers the affiliate's link
app.get("/", (req, res) => void res.send('<a href="/checkout/thank-you">Buy</a>'));
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
app.listen(3000);
