import type { TrackingContext } from "../context/context.ts";
import type { Issue } from "../findings.ts";
import { namesPerson } from "../privacy/detect.ts";
import { cutText, tidyText } from "../privacy/text.ts";
import { type PayloadOptions, toClickPayload } from "./click-payload.ts";

const LONGEST_VALUE = 128;
const MOST_LINES = 100;

/**
 * What is kept of an order that could not be sent, so that somebody can see what was wrong and correct it: the
 * fields that an order has, bounded, without e-mail addresses and tokens, and nothing else that the caller's object held.
 */
export function rejectedBody(
  order: unknown,
  context: TrackingContext,
  issues: readonly Issue[],
  options: PayloadOptions,
): string {
  const from = recordOf(order);
  const customer = recordOf(from.customer);
  const products = Array.isArray(from.products) ? from.products.slice(0, MOST_LINES) : [];
  return JSON.stringify({
    issues,
    order: {
      ...kept(from, "orderNumber", "currency", "subtotal", "orderDiscount"),
      couponCodes: Array.isArray(from.couponCodes)
        ? from.couponCodes.slice(0, MOST_LINES).map(scalar)
        : undefined,
      customer: kept(customer, "newCustomer", "country", "region", "state"),
      products: products.map((line) => kept(recordOf(line), "sku", "unitPrice", "quantity")),
    },
    context: toClickPayload(context, options),
  });
}

function kept(from: Readonly<Record<string, unknown>>, ...names: string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, scalar(from[name])]));
}

function scalar(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "boolean" || value === null || value === undefined) return value;
  if (typeof value !== "string") return `(${typeof value})`;
  const text = tidyText(value, 4 * LONGEST_VALUE);
  return namesPerson(text) ? "(e-mail address or token)" : cutText(text, LONGEST_VALUE);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
