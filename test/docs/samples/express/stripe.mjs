import { createTracker, packContext, trackClicks } from "@avantlink-s2s/express";
import { stripeOrder } from "@avantlink-s2s/orders/stripe";
import express from "express";
import Stripe from "stripe";

const tracker = createTracker({ merchantId: process.env.AVANTLINK_MERCHANT_ID });
const stripe = new Stripe(process.env.STRIPE_SECRET_KEY);
const app = express();
app.use(trackClicks(tracker));

app.post("/checkout", async (req, res) => {
  const session = await stripe.checkout.sessions.create({
    mode: "payment",
    line_items: [{ price: "price_1", quantity: 1 }],
    success_url: "https://shop.example/checkout/thank-you",
    metadata: { order_number: "1001", ...packContext(await tracker.contextOf(req)) },
    payment_intent_data: { metadata: { order_number: "1001" } }, // for refunds
  });
  res.redirect(303, session.url);
});

app.post("/webhooks/stripe", express.raw({ type: "application/json" }), async (req, res) => {
  const signature = req.headers["stripe-signature"];
  let event;
  try {
    event = stripe.webhooks.constructEvent(req.body, signature, process.env.STRIPE_WEBHOOK_SECRET);
  } catch {
    return res.sendStatus(400); // not signed by Stripe
  }
  if (!event.type.startsWith("checkout.session.")) return res.sendStatus(200);
  const { id } = event.data.object;
  const session = await stripe.checkout.sessions.retrieve(id, { expand: ["discounts.promotion_code"] });
  // The session itself would hold 10 lines at most.
  session.line_items = await stripe.checkout.sessions.listLineItems(id, {
    limit: 100,
    expand: ["data.price.product"],
  });
  const receipt = await tracker.trackOrder(stripeOrder(session, { newCustomer: true }));
  res.sendStatus(receipt.shouldRetry ? 503 : 200);
});
app.listen(3000);
