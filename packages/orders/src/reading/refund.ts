import type { Finding, Issue, OrderLine } from "@avantlink-s2s/core";
import type { Decimal } from "../money/decimal.ts";
import type { JsonField } from "./json-field.ts";
import type { MapOptions, PlatformObject } from "./map-options.ts";
import type { PlatformLine } from "./platform-order.ts";

/** Why a sale is taken back, as AvantLink spells it. */
export type RefundReason = "ADJUSTMENT" | "CANCELED" | "FRAUD" | "RETURN";

/** One refund, as AvantLink's file of returns needs it. Without `amount`, `share` and `items` it is of the whole order. */
export interface Refund {
  readonly orderNumber: string;
  /** The platform's own ID of the refund. */
  readonly id?: string | undefined;
  /** ISO 8601. */
  readonly refundedAt: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly reason: RefundReason;
  /** What was refunded for goods: after discounts, before tax and shipping, in major units. */
  readonly amount?: string | undefined;
  /** What was refunded of what was paid, where the platform says no more. Both hold tax and shipping, in one unit. */
  readonly share?: { readonly refunded: string; readonly paid: string } | undefined;
  /** The items that were refunded. Their sum differs from `amount` by what the shop kept or added. */
  readonly items?: readonly OrderLine[] | undefined;
}

/** The refunds of an order. */
export type RefundsResult =
  | { readonly status: "mapped"; readonly refunds: readonly Refund[]; readonly findings: readonly Finding[] }
  | { readonly status: "unmappable"; readonly issues: readonly Issue[] };

/** What a platform's refund cannot say. */
export type RefundOptions<Line = PlatformObject> = Pick<MapOptions<Line>, "orderNumber" | "sku" | "isGoods">;

/** Maps the refunds of one order. */
export type RefundMapper = <Line = PlatformObject>(
  given: unknown,
  options?: RefundOptions<Line>,
) => RefundsResult;

/** How a platform's refunds are read. */
export interface RefundPlatform {
  /** Where an order stands in the answer of an API or in a webhook. */
  readonly envelopes?: readonly string[];
  /** The refunds that the platform's own object holds, where they are not given beside it. */
  refundsIn(order: JsonField): readonly JsonField[];
  number(order: JsonField, refund: JsonField): string | undefined;
  currency(order: JsonField, refund: JsonField): JsonField;
  /** Nothing for a refund that failed or is yet to come. */
  read(refund: JsonField, order: JsonField): PlatformRefund | undefined;
}

/** A platform's refund. */
export interface PlatformRefund {
  /** The platform's own ID of the refund. @default its `id` */
  readonly id?: JsonField | undefined;
  readonly at: JsonField;
  /** @default "RETURN" */
  readonly reason?: RefundReason | undefined;
  /** The goods that were refunded. */
  readonly lines?: readonly PlatformLine[] | undefined;
  /** What was refunded beside the lines, or kept of them: before tax. */
  readonly beside?: Decimal | undefined;
  /** What was refunded of what was paid; asked for only without lines. */
  readonly share?: { readonly refunded: Decimal; readonly paid: Decimal } | undefined;
}
