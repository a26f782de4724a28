import { DatabaseSync } from "node:sqlite";
import type { Order } from "@avantlink-s2s/core";
import express, { type Application, type RequestHandler, type Response } from "express";
import session from "express-session";
import { orderForAvantLink } from "../../examples/express-storefront/order-for-avantlink.ts";
import { thankYouPage } from "../../examples/express-storefront/pages/thank-you.ts";
import { SqliteSessions } from "../../examples/express-storefront/sessions.ts";
import { catalog } from "../../examples/storefront/catalog.ts";
import { openOrders } from "../../examples/storefront/orders.ts";
import { orderOf } from "../orders.ts";

/** Which thank-you page is served. */
export const PAGES = ["shop", "bare"] as const;
export type PageKind = (typeof PAGES)[number];

/** A shop with nothing but a thank-you page, on which every visit finds a new order. */
export interface Shop {
  /** What stands before the page. */
  readonly before: readonly RequestHandler[];
  /** Finds the order, into `response.locals`. */
  readonly find: RequestHandler;
  /** Answers. */
  readonly show: RequestHandler;
  /** The order that was shown. */
  readonly orderShown: (response: Response) => Order;
  /** Lets a shopper in, where one needs a session. */
  readonly enter?: RequestHandler;
}

/** How the shop is reached. */
export const THANK_YOU = "/checkout/thank-you";

/** What both shops have. */
export function settle(app: Application): void {
  app.set("trust proxy", 1);
  app.disable("x-powered-by");
}

// Orders of two processes on one receiver are told apart.
const prefix = `S${process.pid}-`;
let shown = 0;

/** How many pages found an order. */
export const pagesShown = (): number => shown;

/** The least page that there can be: an order is made up and a string is sent. */
function bareShop(): Shop {
  return {
    before: [],
    find(_, response, next) {
      shown += 1;
      response.locals.order = orderOf(shown, prefix);
      next();
    },
    show(_, response) {
      const order: Order = response.locals.order;
      response.send(
        `<!doctype html><title>Thank you</title><h1>Thank you for your order ${order.orderNumber}</h1>`,
      );
    },
    orderShown: (response) => response.locals.order,
  };
}

/** The example shop's page, with its session, its database and its layout. */
function exampleShop(): Shop {
  const database = new DatabaseSync(":memory:");
  const orders = openOrders(database);
  const items = Object.fromEntries(catalog.slice(0, 2).map(({ sku }, index) => [sku, index + 1]));
  const number = orders.place(
    { items },
    {
      email: "sam@example.com",
      name: "Sam Larch",
      street: "1 Ridge Road",
      city: "Park City",
      state: "UT",
      postcode: "84060",
      country: "US",
    },
  );
  return {
    before: [
      session({
        secret: "bench",
        store: new SqliteSessions(database),
        resave: false,
        saveUninitialized: false,
      }),
      express.urlencoded({ extended: false }),
    ],
    find(request, response, next) {
      const order = orders.find(request.session.orderNumber);
      if (!order) return void response.sendStatus(404);
      shown += 1;
      response.locals.order = { ...order, number: prefix + shown };
      next();
    },
    show(_, response) {
      response.set("Cache-Control", "private, no-store");
      response.type("html").send(String(thankYouPage(response.locals.order)));
    },
    orderShown(response) {
      const order = orderForAvantLink(response.req, response);
      if (!order) throw new Error("The page showed no order.");
      return order;
    },
    enter(request, response) {
      request.session.orderNumber = number;
      response.sendStatus(204);
    },
  };
}

export const shopOf = (kind: PageKind): Shop => (kind === "bare" ? bareShop() : exampleShop());
