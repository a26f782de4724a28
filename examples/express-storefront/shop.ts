import { randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { type Tracker, trackClicks, trackOrders } from "@avantlink-s2s/express"; // AvantLink
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from "express";
import session from "express-session";
import { catalog, productBySku, productBySlug } from "storefront/catalog.ts";
import { readCheckout } from "storefront/checkout.ts";
import { openOrders } from "storefront/orders.ts";
import { type Cart, EMPTY_CART, itemsIn, knownCoupon, withQuantity } from "storefront/pricing.ts";
import { PUBLIC_FOLDER } from "storefront/public-folder.ts";
import type { Html } from "./html.ts";
import { orderForAvantLink } from "./order-for-avantlink.ts"; // AvantLink
import { cartPage } from "./pages/cart.ts";
import { catalogPage } from "./pages/catalog.ts";
import { checkoutPage } from "./pages/checkout.ts";
import { messagePage } from "./pages/message.ts";
import { productPage } from "./pages/product.ts";
import { thankYouPage } from "./pages/thank-you.ts";
import { SqliteSessions } from "./sessions.ts";

/** What a shop is made with. */
export interface ShopOptions {
  readonly tracker: Tracker; // AvantLink
  /** The SQLite file for orders and sessions, or `:memory:`. */
  readonly databasePath: string;
  /** Signs the session cookie. @default a new one at each start, which ends the sessions of the last */
  readonly sessionSecret?: string | undefined;
  /** How many proxies stand in front of the shop. @default 0 */
  readonly trustProxy?: number | undefined;
}

/** A shop, ready to listen. */
export interface Shop {
  readonly app: Express;
  /** Closes the database; call it once no request is being answered any more. */
  close(): void;
}

const DAY_MS = 86_400_000;

export function createShop({
  tracker, // AvantLink
  databasePath,
  sessionSecret = randomBytes(32).toString("hex"),
  trustProxy = 0,
}: ShopOptions): Shop {
  const database = new DatabaseSync(databasePath);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000");
  const orders = openOrders(database);
  const app = express();

  // Behind a load balancer or a CDN, a request comes from the proxy: the shopper's address and https are in headers that
  // the proxy added, and that anybody else may forge. Express trusts this number of proxies.
  app.set("trust proxy", trustProxy);
  app.disable("x-powered-by");
  app.use((_request, response, next) => {
    response.set({
      "Content-Security-Policy":
        "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      "X-Content-Type-Options": "nosniff",
    });
    next();
  });
  app.use(express.static(PUBLIC_FOLDER, { maxAge: "1h" }));

  app.use(trackClicks(tracker)); // AvantLink: remembers the affiliate's link that brought a visitor
  app.use("/checkout/thank-you", trackOrders(tracker, orderForAvantLink)); // AvantLink: sends the order

  // Before the session, so that nothing is waited for between reading a cart and emptying it. A body may take its time: a
  // second checkout whose session is read before its body has come holds the cart that the first one is about to empty.
  app.use(express.urlencoded({ extended: false, limit: "20kb" }));
  app.use(
    session({
      name: "shop.sid",
      secret: sessionSecret,
      store: new SqliteSessions(database),
      resave: false,
      saveUninitialized: false,
      // A browser sends a SameSite=Lax cookie with no other site's POST, so nobody else can buy in a shopper's name.
      cookie: { httpOnly: true, sameSite: "lax", secure: "auto", maxAge: 30 * DAY_MS },
    }),
  );

  app.get("/", (request, response) => {
    send(response, catalogPage(catalog, itemsIn(cartOf(request))));
  });

  app.get("/products/:slug", (request, response, next) => {
    const product = productBySlug(request.params.slug);
    if (!product) return next();
    send(response, productPage(product, itemsIn(cartOf(request))));
  });

  app.get("/cart", (request, response) => {
    sendPrivately(response, cartPage(cartOf(request)));
  });

  app.post("/cart/add", (request, response, next) => {
    const { sku, quantity } = fields(request);
    const product = productBySku(sku);
    if (!product) return next();
    const cart = cartOf(request);
    request.session.cart = withQuantity(
      cart,
      product,
      (cart.items[product.sku] ?? 0) + wholeNumber(quantity, 1),
    );
    response.redirect(303, "/cart");
  });

  app.post("/cart/quantity", (request, response, next) => {
    const { sku, quantity } = fields(request);
    const product = productBySku(sku);
    if (!product) return next();
    request.session.cart = withQuantity(cartOf(request), product, wholeNumber(quantity, 0));
    response.redirect(303, "/cart");
  });

  app.post("/cart/coupon", (request, response) => {
    const typed = String(fields(request).code ?? "");
    const coupon = knownCoupon(typed);
    if (coupon === undefined && typed.trim() !== "") {
      return send(response.status(422), cartPage(cartOf(request), typed));
    }
    request.session.cart = { ...cartOf(request), coupon };
    response.redirect(303, "/cart");
  });

  app.get("/checkout", (request, response) => {
    const cart = cartOf(request);
    if (itemsIn(cart) === 0) return response.redirect(303, "/cart");
    sendPrivately(response, checkoutPage(cart));
  });

  app.post("/checkout", (request, response) => {
    const cart = cartOf(request);
    // Sent twice by an impatient finger: the first one emptied the cart.
    if (itemsIn(cart) === 0) return response.redirect(303, "/checkout/thank-you");
    const checkout = readCheckout(request.body);
    if (!checkout.delivery) {
      return send(response.status(422), checkoutPage(cart, fields(request), checkout.errors));
    }
    request.session.orderNumber = orders.place(cart, checkout.delivery);
    request.session.cart = EMPTY_CART;
    response.redirect(303, "/checkout/thank-you");
  });

  app.get("/checkout/thank-you", (request, response) => {
    const order = orders.find(request.session.orderNumber);
    if (!order) return response.redirect(303, "/cart");
    response.locals.order = order;
    sendPrivately(response, thankYouPage(order));
  });

  app.use((_request, response) => {
    send(
      response.status(404),
      messagePage("Off the trail", "This page is not on our map. The shop is just behind you."),
    );
  });
  app.use(failed);

  return { app, close: () => database.close() };
}

const failed: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) return next(error);
  const status = Number(error?.status);
  const theirs = status >= 400 && status < 500;
  if (!theirs) console.error(error);
  send(
    response.status(theirs ? status : 500),
    theirs
      ? messagePage(
          "That did not work",
          "The shop could not read what your browser sent. Please go back and try again.",
        )
      : messagePage(
          "Something broke",
          "It is our fault, not yours. Your cart is safe; please try again in a minute.",
        ),
  );
};

function cartOf(request: Request): Cart {
  return request.session.cart ?? EMPTY_CART;
}

function fields(request: Request): Readonly<Record<string, unknown>> {
  return request.body ?? {};
}

function wholeNumber(value: unknown, least: number): number {
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= least ? number : least;
}

/** Every page shows the shopper's own cart, so that no shared cache may keep it. */
function send(response: Response, page: Html): void {
  if (!response.hasHeader("Cache-Control")) response.set("Cache-Control", "private, no-cache");
  response.type("html").send(String(page));
}

/** A page about an order: not even the browser's own cache may keep it. */
function sendPrivately(response: Response, page: Html): void {
  response.set("Cache-Control", "private, no-store");
  send(response, page);
}
