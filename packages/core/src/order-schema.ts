import * as z from "zod/mini";
import { LARGEST_AMOUNT, toMinor } from "./amount.ts";
import { currencyCode } from "./currency.ts";
import type { Issue } from "./finding.ts";
import type { Money } from "./order.ts";
import { tidyText } from "./text.ts";

/** Longest order number, in characters. A longer one is refused, since two could become one if it were cut. */
export const LONGEST_ORDER_NUMBER = 128;
/** Far above what a shop sells at once, and what one row of an outbox and one POST still carry. */
const MOST_LINES = 20_000;
const MOST_ITEMS = 1_000_000;
const MOST_ISSUES = 100;

// Only these fields can refuse an order. All others are read leniently and become findings.
const amount = z.custom<Money>(isAmount, { error: ({ input }) => amountProblem(input) });

const lineSchema = z.object(
  {
    unitPrice: amount,
    quantity: z.custom<number>(isQuantity, {
      error: ({ input }) =>
        `is ${shown(input)}; expected a whole number from 1 to ${MOST_ITEMS} (sell 0.5 kg as one item at the line's total)`,
    }),
    sku: z.optional(z.unknown()),
  },
  { error: ({ input }) => `is ${shown(input)}; expected a line with unitPrice and quantity` },
);

const orderSchema = z.object(
  {
    orderNumber: z.custom<string | number>(isOrderNumber, {
      error: ({ input }) => `is ${shown(input)}; expected a text of 1 to ${LONGEST_ORDER_NUMBER} characters`,
    }),
    currency: z.custom<string>((value) => currencyCode(value) !== undefined, {
      error: ({ input }) => `is ${shown(input)}; expected an ISO-4217 code of three letters, such as "USD"`,
    }),
    subtotal: z.nullish(amount),
    orderDiscount: z.nullish(amount),
    products: z.nullish(
      z.array(lineSchema).check(z.maxLength(MOST_LINES, `has more than ${MOST_LINES} lines`)),
    ),
    couponCodes: z.optional(z.unknown()),
    customer: z.optional(z.unknown()),
  },
  { error: ({ input }) => `is ${shown(input)}; expected an order` },
);

/** An order whose number, currency and amounts are as they must be; the rest is still unread. */
export type ReadableOrder = z.infer<typeof orderSchema>;

/** Reads an order from whatever the caller gave. */
export function readOrder(
  value: unknown,
):
  | { readonly ok: true; readonly order: ReadableOrder }
  | { readonly ok: false; readonly issues: readonly Issue[] } {
  const parsed = orderSchema.safeParse(value);
  if (!parsed.success) return { ok: false, issues: parsed.error.issues.slice(0, MOST_ISSUES).map(toIssue) };
  const { subtotal, products } = parsed.data;
  if ((subtotal === undefined || subtotal === null) && !products?.length) {
    return {
      ok: false,
      issues: [{ path: "subtotal", message: "is missing, and there are no products to sum up" }],
    };
  }
  return { ok: true, order: parsed.data };
}

/** A zod issue in our words: where and what. */
export function toIssue(issue: { readonly path: readonly PropertyKey[]; readonly message: string }): Issue {
  const path = issue.path.reduce<string>(
    (at, key) =>
      typeof key === "number" ? `${at}[${key}]` : at === "" ? String(key) : `${at}.${String(key)}`,
    "",
  );
  return { path: path || "order", message: issue.message };
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

function isOrderNumber(value: unknown): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value);
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

function isQuantity(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= MOST_ITEMS;
}
