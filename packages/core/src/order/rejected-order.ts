import { cleanIds, type PayloadOptions, type TrackingContext } from "../context/context.ts";
import type { Issue } from "../findings.ts";
import { readMoney } from "../money/amount.ts";
import { cutText, namesPerson, tidyText } from "../privacy/scrub.ts";
import { readFields, readList } from "../untrusted-value.ts";
import { MAX_COUPONS, MAX_LINES } from "./parse-order.ts";
import { toClickPayload } from "./payload.ts";

const MAX_VALUE = 256;

/**
 * The body of a dead letter for an order that could not be sent, so that a person can see what was wrong and correct
 * it: the fields that an order has, bounded as those of an order that is sent, without e-mail addresses and tokens. The
 * account ID stands in the context, where the order is sent with it. Of a shopper who denied (`isAnonymous`), what is sent of an anonymous order at most.
 */
export function rejectedBody(
  order: unknown,
  context: TrackingContext,
  issues: readonly Issue[],
  options: PayloadOptions & { readonly isAnonymous: boolean },
): string {
  const place = options.isAnonymous ? [] : ["region", "state"];
  const { products, couponCodes, customer } = readFields(order, ["products", "couponCodes", "customer"]);
  const accountIds = options.isAnonymous ? [] : cleanIds(readFields(customer, ["id"]).id);
  const { tracking_ids: ids, ...click } = toClickPayload(context, options);
  return JSON.stringify({
    issues,
    order: {
      ...kept(order, "orderNumber", "currency", "subtotal", "orderDiscount"),
      couponCodes: readList(couponCodes, MAX_COUPONS)?.map(scalar),
      customer: kept(customer, "newCustomer", "country", ...place),
      products: (readList(products, MAX_LINES) ?? []).map((line) =>
        kept(line, "sku", "unitPrice", "quantity"),
      ),
    },
    context: { ...click, tracking_ids: { ...ids, user_id: cleanIds([...ids.user_id, ...accountIds]) } },
  });
}

function kept(from: unknown, ...names: string[]): Record<string, unknown> {
  const fields = Object.entries(readFields(from, names));
  return Object.fromEntries(fields.map(([name, value]) => [name, scalar(value)]));
}

function scalar(given: unknown): unknown {
  const value = readMoney(given) ?? given;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "boolean" || value === null || value === undefined) return value;
  if (typeof value !== "string") return `(${typeof value})`;
  const text = tidyText(value, 4 * MAX_VALUE);
  return namesPerson(text) ? "(e-mail address or token)" : cutText(text, MAX_VALUE);
}
