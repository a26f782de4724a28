import { checkoutSession } from "./platforms/stripe/checkout-session.ts";
import { invoice } from "./platforms/stripe/invoice.ts";
import type { AnyStripeOptions, StripeOptions } from "./platforms/stripe/options.ts";
import { paymentIntent } from "./platforms/stripe/payment-intent.ts";
import type { MapperResult, PlatformObject } from "./reading/map-options.ts";
import { mapOrder, type Platform } from "./reading/map-order.ts";
import { testOrder } from "./reading/platform-order.ts";

export type { MapOptions, MapperResult } from "./reading/map-options.ts";
export type { StripeOptions };

/**
 * Maps a Stripe Checkout Session (a Payment Link's too), a PaymentIntent or an Invoice, or the event that holds one.
 * A webhook's session has no lines: retrieve it and list its lines, as below. The expansion `line_items` of a session and the
 * `lines` of an invoice hold 10 lines at most: list those of a longer invoice by `invoices.listLineItems`.
 *
 * - Number: `metadata.order_number`. Without it, a session's `client_reference_id`, with a finding: many shops keep the
 *   customer's ID there, and then a second order counts as a repeat of the first. Else the `id`; an invoice's `number`.
 *   A Payment Link's metadata is the same for each of its payments: its `order_number` is not used.
 * - Money, in Stripe's own minor units: a session's `amount_total − amount_tax` of each line; an invoice's `amount` less
 *   `discount_amounts` and inclusive taxes; for a PaymentIntent the option `lines`, or its `amount_details.line_items`.
 *   `amount_subtotal`, which is before discounts, is never read.
 * - Coupons: the codes of `discounts[].promotion_code`. A coupon that the shop applied itself has no code.
 * - SKU: `price.product.metadata.sku`, `price.metadata.sku`, `price.lookup_key`; else `price.id`.
 * - Paid: a session's `payment_status` paid or no_payment_required, a PaymentIntent that `succeeded`, an invoice `paid`.
 * - Subscriptions: the first invoice and the session that began it are one order. Map one of the two, or give both the
 *   same `metadata.order_number` (`subscription_data.metadata`). Later invoices are renewals: see `renewals`.
 * - Context: what `packContext` wrote into the `metadata` of the session, PaymentIntent, invoice or subscription.
 *
 * @example
 * ```ts
 * app.post("/webhooks/stripe", express.raw({ type: "application/json" }), async (req, res) => {
 *   const event = stripe.webhooks.constructEvent(req.body, req.headers["stripe-signature"], secret);
 *   if (!event.type.startsWith("checkout.session.")) return res.sendStatus(200);
 *   const { id } = event.data.object;
 *   const session = await stripe.checkout.sessions.retrieve(id, { expand: ["discounts.promotion_code"] });
 *   session.line_items = await stripe.checkout.sessions.listLineItems(id, { limit: 100, expand: ["data.price.product"] });
 *   const newCustomer = await isFirstOrder(session.customer);
 *   const mapped = stripeOrder(session, { newCustomer });
 *   const receipt = await tracker.trackOrder(mapped);
 *   res.sendStatus(receipt.shouldRetry ? 503 : 200);
 * });
 * ```
 */
export function stripeOrder<Line = PlatformObject, Order = PlatformObject>(
  order: unknown,
  options: StripeOptions<Line, Order> = {},
): MapperResult {
  return mapOrder(order, options, stripe);
}

const stripe: Platform<AnyStripeOptions> = {
  envelopes: ["data.object"],

  test: (object) => {
    const live = object.at("livemode");
    return live.flag() === false ? testOrder(live, "is false: this is Stripe's test mode") : undefined;
  },

  recognize: (order) => {
    const object = order.at("object");
    if (object.text() === "payment_intent") return paymentIntent;
    if (object.text() === "invoice") return invoice;
    // What a shop keeps of a session may lack the name of the object.
    if (object.text() === "checkout.session" || (object.missing && order.has("payment_status"))) {
      return checkoutSession;
    }
    object.issue(`${object.described()}; a checkout.session, payment_intent or invoice is expected`);
    return undefined;
  },
};
