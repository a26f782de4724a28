import type { TrackingContext } from "@avantlink-s2s/core";
import type { OrderMoney } from "../money/order-money.ts";
import type { JsonField } from "./json-field.ts";

/** A platform's order in the one shape that every mapper reads it into. */
export interface PlatformOrder extends OrderMoney {
  readonly currency: JsonField;
  readonly couponCodes?: readonly (string | undefined)[] | undefined;
  readonly country?: string | undefined;
  readonly state?: string | undefined;
  readonly customerId?: string | undefined;
  /** Whether this is the shopper's first order, where the platform says so. The caller's answer wins. */
  readonly newCustomer?: boolean | undefined;
  readonly context?: TrackingContext | undefined;
}

/** Why an order is not to be sent. */
export interface Unsent {
  readonly status: "unpaid" | "test";
  readonly path: string;
  readonly message: string;
}
