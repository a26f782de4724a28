import type { Money } from "../money/amount.ts";

/** What the shop sold, to whom and for how much. Nothing in it may name a person. */
export interface Order {
  /**
   * The shop's own number for this order, never used again: one number is one order, however often it is
   * tracked. 1 to 128 characters. Wire: `order.order_number`.
   */
  readonly orderNumber: string;
  /** A currency code of ISO 4217, in either case. Wire: `order.currency`, upper-case. */
  readonly currency: string;
  /**
   * What the shopper paid for the goods: after every discount, before tax and shipping.
   * @default the sum of the lines, less `orderDiscount`
   * Wire: `order.order_amount_subtotal`.
   */
  readonly subtotal?: Money | undefined;
  /**
   * A discount on the order as a whole (a coupon of ten dollars off), as a positive amount. It is spread over
   * the lines in proportion to their value, because commission is computed on line prices.
   * @default 0
   */
  readonly orderDiscount?: Money | undefined;
  /**
   * Every coupon code applied, as the shopper typed it: at most 64 characters, without `@`. Anything else is left out
   * with a finding. An exclusive code can pay its affiliate without a click.
   * @default []
   * Wire: `order.coupon_codes`.
   */
  readonly couponCodes?: readonly string[] | undefined;
  /** What commission rules need to know of the buyer. */
  readonly customer: Customer;
  /** What was bought, one entry a line of the order. Wire: `order.products`. */
  readonly products: readonly OrderLine[];
}

/** The buyer, as far as commission rules need to know. Nothing here identifies a person. */
export interface Customer {
  /**
   * Whether this is the shopper's first order in the shop. Being logged in is not an answer: a guest may
   * return, and an account may be new. Left out, it is sent as `false` with a finding.
   * Wire: `order.customer.new_customer`.
   */
  readonly newCustomer?: boolean | undefined;
  /** ISO-3166 alpha-2 or alpha-3 code, or the country's full name. Wire: `order.customer.country` (alpha-2). */
  readonly country?: string | undefined;
  /** A part of the country, where the shop has such a field. @default "" Wire: `order.customer.region`. */
  readonly region?: string | undefined;
  /** State or province. @default "" Wire: `order.customer.state`. */
  readonly state?: string | undefined;
  /**
   * The shop's own account ID of the buyer; leave it out for a guest. An e-mail address is hashed before it is
   * sent. Wire: an entry of `tracking_ids.user_id`.
   */
  readonly id?: string | undefined;
}

/** One line of the order. */
export interface OrderLine {
  /**
   * The SKU of the product datafeed that AvantLink has, at most 256 characters. A line without one is sent with a
   * finding. Wire: `product_sku`.
   */
  readonly sku?: string | undefined;
  /**
   * The price of one item after discounts on the line, before `orderDiscount` and before tax. Zero or more.
   * Wire: `product_amount`, after the line's share of `orderDiscount`.
   */
  readonly unitPrice: Money;
  /**
   * How many items: a whole number from 1. A line with another quantity stays out, with a finding; sell 0.5 kg as one
   * item at the line's total. Wire: `quantity`.
   */
  readonly quantity: number;
}
