import type { Issue } from "../findings.ts";
import { LARGEST_AMOUNT, toMinor } from "../money/amount.ts";
import { currencyCode } from "../money/currency.ts";
import { tidyText } from "../privacy/text.ts";
import type { Money } from "./order.ts";

/** Longest order number, in characters. A longer one is refused, since two could become one if it were cut. */
export const LONGEST_ORDER_NUMBER = 128;
/** Far above what a shop sells at once, and what one row of an outbox and one POST still carry. */
const MOST_LINES = 20_000;
const MOST_ITEMS = 1_000_000;
const MOST_ISSUES = 100;
const WHOLE = /^\d{1,7}(?:\.0{1,20})?$/;

/** An order whose number, currency and amounts are as they must be; the rest is still unread. */
export interface ReadableOrder {
  readonly orderNumber: string | number;
  readonly currency: string;
  readonly subtotal: Money | null | undefined;
  readonly orderDiscount: Money | null | undefined;
  readonly products: readonly ReadableLine[];
  readonly couponCodes: unknown;
  readonly customer: unknown;
}

interface ReadableLine {
  readonly unitPrice: Money;
  readonly quantity: number;
  readonly sku: unknown;
}

/**
 * Reads an order from whatever the caller gave, each property once. Only the number, the currency and the amounts
 * can refuse it; all else is read leniently later and becomes findings. By hand, because every order takes this
 * way and a schema library took ten times as long.
 */
export function readOrder(
  value: unknown,
):
  | { readonly ok: true; readonly order: ReadableOrder }
  | { readonly ok: false; readonly issues: readonly Issue[] } {
  const issues: Issue[] = [];
  if (typeof value !== "object" || value === null) {
    return { ok: false, issues: [{ path: "order", message: `is ${shown(value)}; expected an order` }] };
  }
  const given: { readonly [Key in keyof ReadableOrder]?: unknown } = value;
  const { orderNumber, currency, subtotal, orderDiscount, products, couponCodes, customer } = given;
  if (!isOrderNumber(orderNumber)) {
    const message = `is ${shown(orderNumber)}; expected a text of 1 to ${LONGEST_ORDER_NUMBER} characters`;
    issues.push({ path: "orderNumber", message });
  }
  if (currencyCode(currency) === undefined) {
    const message = `is ${shown(currency)}; expected an ISO-4217 code of three letters, such as "USD"`;
    issues.push({ path: "currency", message });
  }
  if (!isNothing(subtotal) && !isAmount(subtotal)) {
    issues.push({ path: "subtotal", message: amountProblem(subtotal) });
  }
  if (!isNothing(orderDiscount) && !isAmount(orderDiscount)) {
    issues.push({ path: "orderDiscount", message: amountProblem(orderDiscount) });
  }
  const lines = readLines(products, issues);
  if (issues.length > 0) return { ok: false, issues: issues.slice(0, MOST_ISSUES) };
  if (isNothing(subtotal) && lines.length === 0) {
    return {
      ok: false,
      issues: [{ path: "subtotal", message: "is missing, and there are no products to sum up" }],
    };
  }
  const order = { orderNumber, currency, subtotal, orderDiscount, products: lines, couponCodes, customer };
  return { ok: true, order: order as ReadableOrder };
}

function readLines(products: unknown, issues: Issue[]): readonly ReadableLine[] {
  if (isNothing(products)) return [];
  if (!Array.isArray(products)) {
    issues.push({ path: "products", message: `is ${shown(products)}; expected a list of lines` });
    return [];
  }
  if (products.length > MOST_LINES) {
    issues.push({ path: "products", message: `has more than ${MOST_LINES} lines` });
    return [];
  }
  const lines: ReadableLine[] = [];
  for (let index = 0; index < products.length; index++) {
    const product: unknown = products[index];
    if (typeof product !== "object" || product === null) {
      const message = `is ${shown(product)}; expected a line with unitPrice and quantity`;
      issues.push({ path: `products[${index}]`, message });
      continue;
    }
    const { unitPrice, quantity: given, sku }: { readonly [Key in keyof ReadableLine]?: unknown } = product;
    if (!isAmount(unitPrice)) {
      issues.push({ path: `products[${index}].unitPrice`, message: amountProblem(unitPrice) });
    }
    const quantity = quantityOf(given);
    if (quantity === undefined) {
      const message = `is ${shown(given)}; expected a whole number from 1 to ${MOST_ITEMS} (sell 0.5 kg as one item at the line's total)`;
      issues.push({ path: `products[${index}].quantity`, message });
    }
    lines.push({ unitPrice, quantity, sku } as ReadableLine);
  }
  return lines;
}

/** A value as a message may show it: its kind, and the value itself only where that cannot be personal. */
export function shown(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") {
    if (value.trim() === "") return "an empty text";
    return /^[\w.,+$€£-]{1,24}$/.test(value) ? JSON.stringify(value) : `a text of ${value.length} characters`;
  }
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

function isNothing(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function isOrderNumber(value: unknown): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (typeof value === "bigint") return String(value).length <= LONGEST_ORDER_NUMBER;
  if (typeof value !== "string" || value.length > LONGEST_ORDER_NUMBER) return false;
  return tidyText(value, LONGEST_ORDER_NUMBER) !== "";
}

function isAmount(value: unknown): boolean {
  // Four decimals hold every currency's minor units; the sign is what is looked at here.
  return (toMinor(value, 4) ?? -1) >= 0 && !isNegative(value);
}

function isNegative(value: unknown): boolean {
  return (typeof value === "number" || typeof value === "string") && Number(value) < 0;
}

function amountProblem(value: unknown): string {
  if (isNegative(value))
    return `is ${shown(value)}; expected zero or more (a discount goes into orderDiscount)`;
  return `is ${shown(value)}; expected a number or a decimal string in major units, at most ${LARGEST_AMOUNT}`;
}

/** A database may give a count as a text, or with decimals, as it gives amounts. */
function quantityOf(value: unknown): number | undefined {
  const count = typeof value === "string" && WHOLE.test(value) ? Number(value) : value;
  const isCount = typeof count === "number" && Number.isInteger(count) && count >= 1 && count <= MOST_ITEMS;
  return isCount ? count : undefined;
}
