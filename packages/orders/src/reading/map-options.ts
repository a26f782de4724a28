export type { MapperResult } from "@avantlink-s2s/core";

/** An object of the platform's, as its JSON has it. */
export type PlatformObject = Readonly<Record<string, unknown>>;

/**
 * What a platform's order cannot say. Every mapper takes these options. Name the platform's own types on the
 * parameters of your functions: `sku: (line: Stripe.LineItem) => line.price?.lookup_key`.
 */
export interface MapOptions<Line = PlatformObject, Order = PlatformObject> {
  /**
   * Whether this is the shopper's first order in the shop.
   * @default what the order itself says (Saleor, Vendure, Shopify's GraphQL); otherwise `false` is sent, with a finding
   */
  readonly newCustomer?: boolean | undefined;
  /**
   * The shop's own number of this order, if it is not the platform's. Thank-you page and webhook must give the same
   * number, or one order counts as two.
   * @default the platform's number
   */
  readonly orderNumber?: string | undefined;
  /**
   * Whether the order is paid, by the shop's own knowledge: cash on delivery, invoices, custom statuses. An order that
   * the platform calls canceled, deleted, a draft or a test stays out all the same.
   * @default what the platform's documentation calls paid; each mapper names its fields
   */
  readonly isPaid?: true | ((order: Order) => boolean) | undefined;
  /**
   * A line's SKU as in the product datafeed that AvantLink has.
   * @default the platform's SKU; if that is blank, the variant's ID, with a finding. The same if you return nothing
   */
  readonly sku?: ((line: Line) => string | null | undefined) | undefined;
  /**
   * Return `false` for a line that is not goods: a gift card, tip, fee or deposit that is sold as a plain product.
   * Lines that the platform itself marks as such are always left out.
   * @default every line is goods
   */
  readonly isGoods?: ((line: Line) => boolean) | undefined;
  /** Whether an order of the platform's test mode is mapped instead of answered with `test`. @default false */
  readonly allowTest?: boolean | undefined;
}

/** Options whose functions take any line or order: what the mappers' shared code works with. */
export type AnyMapOptions = MapOptions<never, never>;
