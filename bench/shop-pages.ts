import { DatabaseSync } from "node:sqlite";
import express, { type Application, type RequestHandler } from "express";
import session from "express-session";
import { catalogPage } from "../examples/express-storefront/pages/catalog.ts";
import { thankYouPage } from "../examples/express-storefront/pages/thank-you.ts";
import { SqliteSessions } from "../examples/express-storefront/sessions.ts";
import { catalog } from "../examples/storefront/catalog.ts";
import { openOrders } from "../examples/storefront/orders.ts";

/** The route of the thank-you page; each visit names its order. */
export const THANK_YOU = "/checkout/thank-you";

const DELIVERY = {
  email: "sam@example.com",
  name: "Sam Larch",
  street: "1 Ridge Road",
  city: "Park City",
  state: "UT",
  postcode: "84060",
  country: "US",
};

/**
 * Adds the pages of the example shop, with its sessions, its database and its layout: the thank-you page of any order
 * number, and the catalog. `tracking` is called where the thank-you page knows its order and has not answered yet.
 */
export function addPages(app: Application, tracking: readonly RequestHandler[]): void {
  const database = new DatabaseSync(":memory:");
  const orders = openOrders(database);
  const items = Object.fromEntries(catalog.slice(0, 2).map(({ sku }, index) => [sku, index + 1]));
  const placed = orders.place({ items }, DELIVERY);
  const store = new SqliteSessions(database);

  app.use(session({ secret: "bench", store, resave: false, saveUninitialized: false }));
  app.use(express.urlencoded({ extended: false }));
  app.get("/enter", (request, response) => {
    request.session.orderNumber = placed;
    response.sendStatus(204);
  });
  app.get("/", (_, response) => {
    response.type("html").send(String(catalogPage(catalog, 0)));
  });
  const find: RequestHandler<{ number: string }> = (request, response, next) => {
    const order = orders.find(request.session.orderNumber);
    if (!order) return void response.sendStatus(404);
    response.locals.order = { ...order, number: request.params.number };
    next();
  };
  app.get(`${THANK_YOU}/:number`, find as RequestHandler, ...tracking, (_, response) => {
    response.set("Cache-Control", "private, no-store");
    response.type("html").send(String(thankYouPage(response.locals.order)));
  });
}
