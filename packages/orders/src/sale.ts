import type { TrackingContext } from "@avantlink-s2s/core";
import type { Exact } from "./exact.ts";
import type { Field } from "./field.ts";

/** One line of a platform's order, as far as the money is concerned. */
export interface SoldLine {
  /** Where it stands in the platform's order. */
  readonly path: string;
  readonly sku?: string | undefined;
  /** What the shopper paid for the whole line, after the discounts allocated to it, before tax. */
  readonly total: Exact;
  readonly quantity: Exact;
  /** Where the items have several prices (the second at half price): how many have each, and what they cost at it. */
  readonly prices?: readonly { readonly quantity: number; readonly all: Exact }[] | undefined;
}

/** What the platform itself says that the goods cost, to hold the lines against. */
export interface StatedTotal {
  /** The figure, or the figures that its documentation allows to be meant; the first one is reported. */
  readonly amounts: readonly [Exact, ...Exact[]];
  /** The platform's fields that it was taken from. */
  readonly path: string;
  /** How far the platform's own rounding may put it off the lines, in minor units. @default 0 */
  readonly slack?: number | undefined;
  /** Whether it is the order's subtotal even where the lines say something else. @default false */
  readonly wins?: boolean | undefined;
}

/** A platform's order in the one shape that every mapper brings it into. */
export interface Sale {
  readonly currency: Field;
  readonly lines: readonly SoldLine[];
  /** A discount that the platform took off the order and did not allocate to lines. */
  readonly discount?: Exact | undefined;
  readonly stated?: StatedTotal | undefined;
  readonly couponCodes?: readonly (string | undefined)[] | undefined;
  readonly country?: string | undefined;
  readonly state?: string | undefined;
  readonly customerId?: string | undefined;
  /** Where the platform can answer; the caller's answer goes before it. */
  readonly newCustomer?: boolean | undefined;
  readonly context?: TrackingContext | undefined;
}

/** An order that is none yet, or none any more. */
export interface Refusal {
  readonly status: "unpaid" | "test";
  readonly path: string;
  readonly message: string;
}
