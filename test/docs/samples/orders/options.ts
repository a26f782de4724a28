import { stripeOrder } from "@avantlink-s2s/orders/stripe";

// or Stripe.LineItem, if you have Stripe's types
interface Line {
  readonly price?: { readonly lookup_key?: string };
  readonly description?: string;
}

export const mapped = (session: unknown) =>
  stripeOrder(session, {
    sku: (line: Line) => line.price?.lookup_key,
    isGoods: (line: Line) => line.description !== "Deposit",
  });
