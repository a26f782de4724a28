import type { OutboxRecord } from "@avantlink-s2s/core";
import {
  currencyDigits,
  decimal,
  decimalToMinor,
  formatMinor,
  splitLine,
  spreadDiscount,
  toMinor,
} from "@avantlink-s2s/core/money";
import type { GivenRefund } from "./refund-file.ts";

/** As AvantLink's "Return Batch File Requirements" spell them. */
export const RETURN_COLUMNS = [
  "Merchant ID",
  "Transaction/Order ID",
  "Product ID/SKU",
  "Return Item Amount",
  "Return Item Quantity",
  "Return Reason Code",
] as const;

/** One row of the file, in the order of its columns. */
export type ReturnRow = readonly [string, string, string, string, string, string];

// AvantLink takes returns within this time of the order.
const MAX_DAYS = 30;
const DAY_MS = 86_400_000;

/** Why a refund is listed instead of written. */
export const LISTED = {
  "unknown-order": "the outbox does not know the order, or knows no amount of it",
  "not-delivered": "AvantLink does not have the order: it waits, is dead or was removed",
  "other-currency": "is not in the network's currency",
  "over-30-days": "is more than 30 days after the order; AvantLink does not take it",
  "over-the-order": "the whole order was returned before",
  "no-items": "has no items; item-based commission needs SKU, price and quantity",
  cut: "is cut to what was left of the order",
} as const;

/** A refund of a day, with what the outbox knows of its order. */
export interface DatedRefund extends GivenRefund {
  /** As `2026-11-28`: the file that it belongs to. */
  readonly day: string;
  readonly record: OutboxRecord | undefined;
  /** When the order was accepted, as `2026-11-28`. */
  readonly orderDay: string;
}

/** What a file returned of an order; nothing as the amount for the whole order. */
export interface WrittenReturn {
  readonly day: string;
  readonly orderNumber: string;
  readonly amount: string | undefined;
}

/** How rows are made. */
export interface ReturnOptions {
  readonly merchantNumber: string;
  /** The network's currency. */
  readonly network: string;
  /** Rows for items, under item-based commission, or for orders. */
  readonly per: "item" | "order";
  /** Whether the file of a day is made now. Otherwise it was made before those of later days, which don't count. */
  readonly isNew: (day: string) => boolean;
}

/** Makes the rows of each day. The same refunds give the same rows, in whatever order they come. */
export function planReturns(
  refunds: readonly DatedRefund[],
  written: readonly WrittenReturn[],
  options: ReturnOptions,
) {
  const rows = new Map<string, ReturnRow[]>();
  const listed: { orderNumber: string; line: number; day: string; reason: keyof typeof LISTED }[] = [];
  const returned = new Map<string, number>();
  const digits = currencyDigits(options.network);
  for (const refund of refunds.toSorted(byDayAndOrder)) {
    const { day, orderNumber } = refund;
    const reason = obstacle(refund, options);
    const subtotal = toMinor(`${subtotalOf(refund)}`, digits) ?? 0;
    const before = written
      .filter((one) => one.orderNumber === orderNumber && (one.day < day || options.isNew(day)))
      .map(({ amount }) => (amount === undefined ? subtotal : (toMinor(amount, digits) ?? 0)))
      .reduce((sum, amount) => sum + amount, returned.get(orderNumber) ?? 0);
    const left = Math.max(0, subtotal - before);
    const asked = amountOf(refund, subtotal, left, digits);
    // Of the rest of an order nobody knows the items.
    const isRest = options.per === "item" && isOfWholeOrder(refund) && before > 0;
    const fault =
      reason ?? (left === 0 ? "over-the-order" : isRest ? "no-items" : asked > left ? "cut" : undefined);
    if (fault) listed.push({ orderNumber, line: refund.line, day, reason: fault });
    if (fault && fault !== "cut") continue;
    const amount = Math.min(asked, left);
    returned.set(orderNumber, (returned.get(orderNumber) ?? 0) + amount);
    const isWhole = isOfWholeOrder(refund) && before === 0;
    const made = isWhole ? [["", "", ""] as const] : cellsOf(refund, amount, digits, options.per);
    const row = ([sku, price, quantity]: readonly [string, string, string]): ReturnRow => [
      ...([options.merchantNumber, orderNumber, sku, price, quantity] as const),
      refund.reason,
    ];
    rows.set(day, [...(rows.get(day) ?? []), ...made.map(row)]);
  }
  return { rows, listed };
}

function byDayAndOrder(a: DatedRefund, b: DatedRefund): number {
  const key = ({ line: _, record: __, ...refund }: DatedRefund) =>
    [refund.day, refund.orderNumber, refund.id ?? "", JSON.stringify(refund)].join("\n");
  return key(a) < key(b) ? -1 : 1;
}

function subtotalOf({ record }: DatedRefund): number {
  return (record && "summary" in record && record.summary?.subtotal) || 0;
}

/** Why a refund can't be in the file. */
function obstacle(refund: DatedRefund, { network, per }: ReturnOptions): keyof typeof LISTED | undefined {
  const { record, day, orderDay } = refund;
  if (!record) return "unknown-order";
  if (record.status !== "delivered") return "not-delivered";
  if (!record.summary) return "unknown-order";
  if (refund.currency !== network || record.summary.currency !== network) return "other-currency";
  if ((Date.parse(day) - Date.parse(orderDay)) / DAY_MS > MAX_DAYS) return "over-30-days";
  return per === "item" && !refund.items && !isOfWholeOrder(refund) ? "no-items" : undefined;
}

function isOfWholeOrder({ amount, share, items }: GivenRefund): boolean {
  return amount === undefined && share === undefined && items === undefined;
}

/** What was refunded, in minor units. A share of the payment counts as the same share of the order. */
function amountOf(refund: DatedRefund, subtotal: number, left: number, digits: number): number {
  const { amount, share, items } = refund;
  if (amount !== undefined) return toMinor(amount, digits) ?? 0;
  if (items) return sumOf(items, digits);
  const [refunded, paid] = [decimal(share?.refunded ?? ""), decimal(share?.paid ?? "")];
  return refunded && paid ? decimalToMinor(refunded.times(subtotal).div(paid), 0) : left;
}

function sumOf(items: NonNullable<GivenRefund["items"]>, digits: number): number {
  return items.reduce(
    (sum, { unitPrice, quantity }) => sum + (toMinor(`${unitPrice}`, digits) ?? 0) * quantity,
    0,
  );
}

/** SKU, price and quantity of each row. Items whose sum is above the amount are each reduced. */
function cellsOf(
  { items }: DatedRefund,
  amount: number,
  digits: number,
  per: ReturnOptions["per"],
): readonly (readonly [string, string, string])[] {
  if (per === "order" || !items) return amount > 0 ? [["", formatMinor(amount, digits), ""]] : [];
  const totals = items.map((item) => sumOf([item], digits));
  const over = Math.max(0, sumOf(items, digits) - amount);
  return spreadDiscount(totals, over).flatMap((total, index) => {
    const { sku = "", quantity = 1 } = items[index] ?? {};
    return splitLine(total, quantity)
      .filter(({ unit }) => unit > 0)
      .map(({ unit, quantity }) => [`${sku}`, formatMinor(unit, digits), `${quantity}`] as const);
  });
}
