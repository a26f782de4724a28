import type { Order } from "@avantlink-s2s/express";
import type { PaidOrder } from "./orders.ts";

/** An order of this shop as AvantLink is to know it: what was bought for how much, and nothing of who bought it. */
export function orderForAvantLink(order: PaidOrder): Order {
  return {
    orderNumber: order.number,
    currency: "USD",
    // What was paid for the goods. Shipping is no part of it.
    subtotal: decimal(order.subtotal),
    // The coupon counts for the order as a whole; the tracker spreads it over the lines, to the cent.
    orderDiscount: decimal(order.discount),
    couponCodes: order.coupon === null ? [] : [order.coupon],
    customer: { newCustomer: order.newCustomer, country: order.country, state: order.state },
    products: order.lines.map(({ sku, unitPrice, quantity }) => ({
      sku,
      unitPrice: decimal(unitPrice),
      quantity,
    })),
  };
}

function decimal(cents: number): string {
  return (cents / 100).toFixed(2);
}
