import type { TrackingContext } from "../context/context.ts";
import type { Finding, Issue } from "../findings.ts";
import type { Order } from "./order.ts";

/** What a platform's mapper answers. `trackOrder` and `resolveOrder` take it as it is. */
export type MapperResult = MappedOrder | UnmappedOrder;

/** The platform's order could be mapped. */
export interface MappedOrder {
  readonly status: "mapped";
  readonly order: Order;
  /** The shopper's browser context, where the platform keeps it with the order. */
  readonly context?: TrackingContext | undefined;
  /** What the mapper found; it joins the receipt's findings. */
  readonly findings: readonly Finding[];
}

/** The platform's order must not, or cannot, be sent. */
export interface UnmappedOrder {
  /**
   * `unpaid` and `test` orders are skipped, and so are renewals of a subscription; an `unmappable` order is rejected and
   * kept as a dead letter.
   */
  readonly status: "unpaid" | "test" | "renewal" | "unmappable";
  /** The platform's number of the order, where it could be read. */
  readonly orderNumber?: string | undefined;
  readonly issues: readonly Issue[];
}
