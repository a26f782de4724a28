import type { TrackingContext } from "@avantlink-s2s/core";
import type { OrderMoney, SoldLine } from "../money/order-money.ts";
import type { JsonField } from "./json-field.ts";
import type { AnyMapOptions } from "./map-options.ts";

/** How one kind of object is read. */
export interface OrderShape<Options extends AnyMapOptions = AnyMapOptions> {
  number(order: JsonField): string | undefined;
  /** Why the order stays out whatever is known of its payment: it is a draft, canceled, refunded. */
  unsent?(order: JsonField, options: Options): Unsent | undefined;
  payment(order: JsonField): PaymentState;
  read(order: JsonField, options: Options): PlatformOrder;
}

/** A platform's order in the one shape that every mapper reads it into. */
export interface PlatformOrder extends OrderMoney<PlatformLine> {
  readonly currency: JsonField;
  /** The coupon codes that the shopper typed. */
  readonly couponCodes?: readonly JsonField[] | undefined;
  readonly country?: string | undefined;
  readonly region?: string | undefined;
  readonly state?: string | undefined;
  readonly customerId?: string | undefined;
  /** Whether this is the shopper's first order, where the platform says so. The caller's answer wins. */
  readonly newCustomer?: boolean | undefined;
  readonly context?: TrackingContext | undefined;
}

/** A line of a platform's order, before the shop's own `sku` and `isGoods` are asked. */
export interface PlatformLine extends Pick<SoldLine, "total" | "quantity" | "prices"> {
  /** The platform's own line. */
  readonly source: JsonField;
  /** Where the line's SKU stands. */
  readonly sku?: JsonField | undefined;
  /** Where the ID of the line's variant stands, which replaces a blank SKU. */
  readonly variantId?: JsonField | undefined;
  /** How to get the SKU from the platform, for the finding that it is blank. */
  readonly skuHint?: string | undefined;
  /** Whether the platform marks the line as a gift card, a tip or the like. @default false */
  readonly notGoods?: boolean | undefined;
  /** Whether this is a fee or discount beside the products, about which the shop is not asked. @default false */
  readonly isFee?: boolean | undefined;
}

/** What the platform says about the payment. */
export interface PaymentState {
  /** The field that says so. */
  readonly field: JsonField;
  /** Nothing if no field says so. */
  readonly paid: boolean | undefined;
  /** What the field should hold. */
  readonly expected: string;
}

/** Why an order is not to be sent. */
export interface Unsent {
  readonly status: "unpaid" | "test" | "renewal";
  readonly path: string;
  readonly message: string;
}

export function unpaid(field: JsonField, message: string): Unsent {
  return { status: "unpaid", path: field.path, message };
}

export function testOrder(field: JsonField, message: string): Unsent {
  return { status: "test", path: field.path, message };
}

/** The payment state that a status stands for. */
export function paidWhen(field: JsonField, paid: readonly string[], expected: string): PaymentState {
  return { field, paid: field.missing ? undefined : paid.includes(field.word() ?? ""), expected };
}

/** Paid where nothing is left to pay, because a gift card, a credit or a discount covers it all: nobody sets a status then. */
export function paidIfFree(total: JsonField, payment: PaymentState): PaymentState {
  return total.amount()?.lte(0) ? { ...payment, paid: true } : payment;
}

/** Unsent where a status is one of these. */
export function unpaidWhen(field: JsonField, closed: readonly string[]): Unsent | undefined {
  return closed.includes(field.word() ?? "") ? unpaid(field, field.described()) : undefined;
}

/** Whether a count of the shopper's orders holds this order only. A count of 0 means that the query may not see them. */
export function isOnlyOrder(count: JsonField): boolean | undefined {
  const orders = count.amount();
  return orders?.gt(0) ? orders.eq(1) : undefined;
}
