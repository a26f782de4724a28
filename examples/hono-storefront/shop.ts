/** A whole shop with AvantLink in one file. `server.ts` serves it on Node.js, Wrangler on a Cloudflare Worker. */
import { createTracker, type Order, trackClicks, trackOrders } from "@avantlink-s2s/web/hono"; // AvantLink
import { type Context, Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { html } from "hono/html";

const PRODUCTS = [
  { sku: "LL-TENT-2P", name: "Ridgeline tent", price: 249.95 },
  { sku: "LL-STOVE", name: "Ember stove", price: 64.5 },
  { sku: "LL-MUG", name: "Hearth enamel mug", price: 14.5 },
];

type Shop = { Variables: { order: Order } };
export const tracker = createTracker(); // AvantLink: reads AVANTLINK_MERCHANT_ID
const app = new Hono<Shop>();
app.use(trackClicks(tracker)); // AvantLink

/** The cart is a cookie: a number, which becomes the order's, and one SKU for each piece. */
function cartOf(c: Context<Shop>) {
  const [, ...skus] = (getCookie(c, "cart") ?? "").split(" ");
  return PRODUCTS.map((product) => ({
    ...product,
    quantity: skus.filter((sku) => sku === product.sku).length,
  })).filter(({ quantity }) => quantity > 0);
}

function orderOf(c: Context<Shop>): Order {
  const products = cartOf(c).map(({ sku, price, quantity }) => ({ sku, unitPrice: price, quantity }));
  const customer = { newCustomer: true, country: "US" }; // a real shop's own answers
  // Two clicks on Buy send the same cart, so both are the same order.
  const [orderNumber = ""] = (getCookie(c, "cart") ?? "").split(" ");
  return { orderNumber, currency: "USD", couponCodes: [], customer, products };
}

app.get("/", (c) =>
  c.html(html`<!doctype html><title>Larch &amp; Lantern</title><h1>Gear</h1>
    <form method="post" action="/cart">
      ${PRODUCTS.map(({ sku, name, price }) => html`<p>${name}, $${price} <button name="sku" value="${sku}">Add</button>`)}
    </form>`),
);

app.post("/cart", async (c) => {
  const { sku } = await c.req.parseBody();
  const cart = getCookie(c, "cart") ?? crypto.randomUUID();
  setCookie(c, "cart", `${cart} ${sku}`, { httpOnly: true, sameSite: "Lax" });
  return c.redirect("/cart", 303);
});

app.get("/cart", (c) =>
  c.html(html`<!doctype html><title>Cart</title><h1>Cart</h1>
    ${cartOf(c).map(({ name, quantity }) => html`<p>${quantity} × ${name}`)}
    <form method="post" action="/checkout"><button>Buy</button></form>`),
);

app.post(
  "/checkout",
  trackOrders<Shop>(tracker, (c) => c.get("order")), // AvantLink
  (c) => {
    if (cartOf(c).length === 0) return c.redirect("/", 303);
    const order = orderOf(c);
    c.set("order", order); // AvantLink
    deleteCookie(c, "cart");
    return c.html(
      html`<!doctype html><title>Thank you</title><h1>Thank you</h1><p>Order ${order.orderNumber}`,
    );
  },
);

export default app;
