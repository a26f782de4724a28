import type { DeadLetter } from "@avantlink-s2s/core";
import { contextIn, orderIn } from "./dead-letters.ts";

// As AvantLink's "Sale Batch File Requirements" spells them; the file is refused with any other.
export const BATCH_SALES_COLUMNS = [
  "Affiliate Data",
  "Transaction ID",
  "Sale Item Amount",
  "Product ID/SKU",
  "Sale Item Quantity",
  "Exclusive Coupon Code",
] as const;

/** One line of a batch-sales file. */
export type BatchSalesRow = Readonly<Record<(typeof BATCH_SALES_COLUMNS)[number], string>>;

/** Why an undelivered order is not in the file. */
export type LeftOut = "not-an-order-yet" | "no-click-and-no-coupon" | "other-merchant";

/**
 * An undelivered order as AvantLink's batch file has it: a row for each item under item-based commission, one for
 * the whole order without. An order that no affiliate can be paid for does not belong into the file, nor does an order of
 * another merchant, where `keyOf` gives the keys of this one.
 */
export function batchSalesRows(
  letter: DeadLetter,
  per: "item" | "order",
  keyOf: ((orderNumber: string) => string) | undefined,
): readonly BatchSalesRow[] | LeftOut {
  if (letter.kind === "rejected") return "not-an-order-yet";
  if (keyOf && letter.key !== keyOf(letter.orderNumber)) return "other-merchant";
  const { avad = "" } = contextIn(letter);
  const order = orderIn(letter);
  const coupon = order.couponCodes?.[0] ?? "";
  if (avad === "" && coupon === "") return "no-click-and-no-coupon";
  const row = (amount: unknown, sku: unknown, quantity: unknown): BatchSalesRow => ({
    "Affiliate Data": avad,
    "Transaction ID": letter.orderNumber,
    "Sale Item Amount": plain(amount),
    "Product ID/SKU": plain(sku),
    "Sale Item Quantity": plain(quantity),
    "Exclusive Coupon Code": coupon,
  });
  const lines = order.products.map((line) => row(line.unitPrice, line.sku, line.quantity));
  return per === "item" && lines.length > 0 ? lines : [row(order.subtotal, "", "")];
}

// A number as AvantLink reads it, with digits and a decimal point only.
function plain(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "number"
    ? value.toLocaleString("en-US", { useGrouping: false, maximumFractionDigits: 4 })
    : String(value);
}
