// The checkout server: shows the shop, takes orders, sends shoppers on to the payment provider. Run as many as the
// traffic needs.
import { packContext, trackClicks } from "@avantlink-s2s/express"; // AvantLink
import express from "express";
import { readBasket } from "./basket.ts";
import { openDatabase } from "./database.ts";
import { log } from "./log.ts";
import { findOrder, placeOrder } from "./orders.ts";
import { orderPage, shopPage } from "./pages.ts";
import { openTracker } from "./tracker.ts"; // AvantLink
import { askedToEnd, databaseHealth, failed, serve, stopServing } from "./web-process.ts";

const PAYMENT_URL = process.env.PAYMENT_URL ?? "http://127.0.0.1:4033";
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

const ending = askedToEnd();
const pool = openDatabase();
const { tracker, close } = await openTracker({ deliver: false }); // AvantLink
const app = express();

// Behind a load balancer, the shopper's address is in a header that the balancer added, and that anybody else may forge.
// Express trusts this number of proxies.
app.set("trust proxy", Number(process.env.TRUST_PROXY ?? 0));
app.disable("x-powered-by");
app.get("/health", databaseHealth(pool));

app.use(trackClicks(tracker)); // AvantLink: remembers the affiliate's link that brought a visitor

app.get("/", (_request, response) => {
  response.send(shopPage());
});

app.post("/checkout", express.urlencoded({ extended: false, limit: "20kb" }), async (request, response) => {
  const basket = readBasket(request.body);
  if (!basket) return void response.status(422).send("Please go back and check what you entered.");
  const context = packContext(await tracker.contextOf(request)); // AvantLink: waits in the order until that is paid
  const { id, number } = await placeOrder(pool, basket, context);
  log("info", "order.placed", { orderNumber: number });
  // A real shop creates the payment at the provider, from server to server, and sends the shopper on to that. This address
  // goes through the shopper's browser, which may write another amount into it: the webhook compares what was paid.
  const payment = new URL("/pay", PAYMENT_URL);
  payment.searchParams.set("order", number);
  payment.searchParams.set("amount", String(basket.total));
  payment.searchParams.set("return", `${request.protocol}://${request.host}/orders/${id}`);
  response.redirect(303, payment.href);
});

// The thank-you page tracks nothing: the order is tracked where it is certain, in the webhook's transaction.
app.get("/orders/:id", async (request, response, next) => {
  const { id } = request.params;
  const order = UUID.test(id) ? await findOrder(pool, id) : undefined;
  if (!order) return next();
  response.set("Cache-Control", "private, no-store").send(orderPage(order));
});

app.use(failed);

const server = await serve(app, 4030);
await ending;
await stopServing(server);
await close(); // AvantLink
await pool.end();
