import type { Order } from "@avantlink-s2s/express";
import type { Request, Response } from "express";
import { decimal } from "storefront/money.ts";
import type { PlacedOrder } from "storefront/orders.ts";

/**
 * The order that the thank-you page showed, as AvantLink is to know it: what was bought for how much, and nothing of
 * who bought it.
 */
export function orderForAvantLink(_request: Request, response: Response): Order | undefined {
  const order: PlacedOrder | undefined = response.locals.order;
  if (!order) return undefined;
  return {
    orderNumber: order.number,
    currency: "USD",
    // What was paid for the goods. Shipping and tax are no part of it.
    subtotal: decimal(order.totals.subtotal),
    // The coupon counts for the order as a whole; the tracker spreads it over the lines, to the cent.
    orderDiscount: decimal(order.totals.discount),
    couponCodes: order.coupon === undefined ? [] : [order.coupon],
    customer: {
      // Asked of earlier orders, since being logged in (or not) would say nothing.
      newCustomer: order.newCustomer,
      country: order.delivery.country,
      state: order.delivery.state,
    },
    products: order.lines.map(({ sku, unitPrice, quantity }) => ({
      sku,
      unitPrice: decimal(unitPrice),
      quantity,
    })),
  };
}
