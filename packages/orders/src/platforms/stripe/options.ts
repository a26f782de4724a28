import type { Money, OrderLine } from "@avantlink-s2s/core";
import type { MapOptions, PlatformObject } from "../../reading/map-options.ts";

/** What a Stripe object cannot say. */
export interface StripeOptions<Line = PlatformObject, Order = PlatformObject>
  extends MapOptions<Line, Order> {
  /**
   * For a PaymentIntent: the order's lines out of the shop's own cart, in major units, after discounts on the line and
   * before tax. `sku` and `isGoods` get these lines.
   * @default the PaymentIntent's `amount_details.line_items`, where the shop gave Stripe its lines
   */
  readonly lines?: readonly OrderLine[] | undefined;
  /** For a PaymentIntent with `lines`: a discount on the whole order, in major units. @default 0 */
  readonly orderDiscount?: Money | undefined;
  /** For a PaymentIntent: the coupon codes that the shopper typed in the shop. @default [] */
  readonly couponCodes?: readonly string[] | undefined;
  /**
   * For an invoice: whether a subscription's later invoices are orders too. Which renewals the programme pays for is the
   * merchant's word.
   * @default "skip": only a subscription's first invoice, and invoices without a subscription, are sent
   */
  readonly renewals?: "send" | "skip" | undefined;
}

export type AnyStripeOptions = StripeOptions<never, never>;
