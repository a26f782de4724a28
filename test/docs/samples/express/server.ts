import { createTracker, type Order, trackClicks, trackOrders } from "@avantlink-s2s/express";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import express from "express";

const tracker = createTracker({
  merchantId: process.env.AVANTLINK_MERCHANT_ID, // the UUID
  outbox: sqliteOutbox({ path: process.env.OUTBOX_PATH ?? "avantlink.sqlite" }),
});
const app = express();
app.set("trust proxy", 1); // the number of proxies in front of the shop
app.use(trackClicks(tracker)); // before every page

app.get("/", (_req, res) => void res.send('<a href="/checkout/thank-you">Buy</a>'));
app.get(
  "/checkout/thank-you",
  trackOrders(tracker, (_req, res): Order | undefined => res.locals.order),
  (_req, res) => {
    res.locals.order = {
      orderNumber: "1001", // your own number; page and webhook give the same
      currency: "USD",
      orderDiscount: "5.00", // a coupon on the whole order
      couponCodes: ["SAVE5"],
      customer: { newCustomer: true, country: "US" }, // first order ever? being logged in is no answer
      products: [{ sku: "MUG-1", unitPrice: "19.99", quantity: 2 }], // what was paid, without tax
    };
    res.send("Thank you");
  },
);

await tracker.start(); // opens the outbox, and throws if it cannot
const server = app.listen(3000, (error) => {
  if (error) throw error; // Express 5 hands it to this function
  process.send?.("ready"); // for pm2
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    server.close(async () => {
      await tracker.close(); // delivers what is waiting, for five seconds at most
      process.exit();
    });
  });
}
