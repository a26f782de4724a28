// The webhook process: the payment provider calls it when an order is paid. Run at least two, so that one may end.
import { unpackContext } from "@avantlink-s2s/express"; // AvantLink
import express from "express";
import { inTransaction, openDatabase } from "./database.ts";
import { log } from "./log.ts";
import { orderForAvantLink } from "./order-for-avantlink.ts"; // AvantLink
import { forgetContext, markPaid, takeFromStock, type Unpaid } from "./orders.ts";
import { type Payment, paymentOf, readEvent, SIGNATURE_HEADER } from "./payments.ts";
import { isNumberReused, openTracker } from "./tracker.ts"; // AvantLink
import { askedToEnd, databaseHealth, failed, serve, stopServing } from "./web-process.ts";

const ending = askedToEnd();
const pool = openDatabase();
const { tracker, close } = await openTracker({ deliver: false }); // AvantLink
const app = express();
app.disable("x-powered-by");
app.get("/health", databaseHealth(pool));

// The signature covers the bytes of the body, so the body is read as bytes. A repeated event changes nothing, so a
// replayed event does no harm.
app.post(
  "/webhooks/payments",
  express.raw({ type: () => true, limit: "100kb" }),
  async (request, response) => {
    const event = readEvent(request.body, request.get(SIGNATURE_HEADER), process.env.PAYMENT_SECRET);
    if (!event) return void response.status(400).send("This is not signed by the provider.");
    const payment = paymentOf(event);
    if (!payment) {
      log("info", "payment.noted", { paymentEvent: event.id, type: event.type });
      return void response.send("Noted.");
    }
    const outcome = await bookPayment(payment);
    // A wrong amount is answered 200 too: a repeated event has the same amount, so a person must look at it.
    log(outcome === "wrong amount" ? "error" : "info", "payment.booked", {
      ...payment,
      paymentEvent: event.id,
      outcome,
    });
    response.status(outcome === "unknown" ? 404 : 200).send(outcome);
  },
);

/** Makes all changes of a payment or none: an error rolls all back, and the provider calls again. */
function bookPayment({ orderNumber, amount }: Payment): Promise<"paid" | Unpaid> {
  return inTransaction(pool, async (client) => {
    const order = await markPaid(client, orderNumber, amount);
    if (typeof order === "string") return order;

    // AvantLink: accepted if and only if this commits. The request is the provider's; the context is the shopper's.
    const shopper = unpackContext(order.context); // AvantLink
    const receipt = await tracker.trackOrder(orderForAvantLink(order), shopper, { transaction: client }); // AvantLink
    // AvantLink: a failure here holds up no payment. It is in the log. The context of an order that was not tracked, or
    // in a dry run, stays to send it later.
    const isDryRun = receipt.status === "skipped" && receipt.reason === "dry-run";
    const isForLater =
      receipt.status === "rejected" || receipt.shouldRetry || isDryRun || isNumberReused(receipt);
    if (!isForLater) await forgetContext(client, orderNumber);

    await takeFromStock(client, order.lines);
    return "paid";
  });
}

app.use(failed);

const server = await serve(app, 4031);
await ending;
await stopServing(server);
await close(); // AvantLink
await pool.end();
