import type { TrackingContext } from "../context/context.ts";
import type { Finding, Issue } from "../findings.ts";
import { cutText, publicWords, tidyText } from "../privacy/scrub.ts";
import { readFields } from "../untrusted-value.ts";
import type { Order } from "./order.ts";

const MAX_REASON = 100;
const MAX_ISSUE = 500;

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

/** An order that the shop does not want to send. Made by {@link skip}. */
export interface SkippedOrder {
  readonly status: "skipped";
  /** Why, in the shop's own words: it stands in the receipt and in the event. */
  readonly reason: string;
  readonly orderNumber?: string | undefined;
}

/**
 * Returned instead of an order that is not to be sent, such as a wholesale order or another network's last click. The
 * receipt is `skipped` with this reason, of which 100 characters are kept. Nothing of a shopper's belongs into it.
 */
export function skip(reason: string, orderNumber?: string): SkippedOrder {
  return { status: "skipped", reason: skipReason(reason), orderNumber };
}

/** The shop's reason, cleaned; `skipped` where it gave none. */
export function skipReason(value: unknown): string {
  return cutText(publicWords(tidyText(value, 2 * MAX_REASON)), MAX_REASON) || "skipped";
}

/** The issues of a mapper, cleaned: a shop's own may have quoted what it could not read, or have none. */
export function issuesOf({ issues }: UnmappedOrder): readonly Issue[] {
  const text = (value: unknown) => publicWords(tidyText(value, MAX_ISSUE));
  return (Array.isArray(issues) ? issues : []).map((issue) => {
    const { path, message } = readFields(issue, ["path", "message"]);
    return { path: text(path), message: text(message) };
  });
}
