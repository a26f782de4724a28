import { createTracker, type Order, trackClicks, trackOrders } from "@avantlink-s2s/web/hono";
import { Hono } from "hono";

type Shop = { Variables: { order: Order } };
const tracker = createTracker({ merchantId: process.env.AVANTLINK_MERCHANT_ID });
const app = new Hono<Shop>();

app.use(trackClicks(tracker));
app.get("/", (c) => c.html('<a href="/thank-you">Buy</a>'));
app.get(
  "/thank-you",
  trackOrders<Shop>(tracker, (c) => c.get("order")),
  (c) => {
    c.set("order", {
      orderNumber: "1001",
      currency: "USD",
      customer: { newCustomer: true, country: "US" },
      products: [{ sku: "MUG-1", unitPrice: "19.99", quantity: 2 }],
    });
    return c.html("Thank you");
  },
);
export default app;
