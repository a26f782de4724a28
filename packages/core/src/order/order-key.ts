import { holdsEmail, namesPerson, tidyText } from "../privacy/scrub.ts";
import { sha256Hex } from "../runtime.ts";

/** Upper bound of an order number, in characters. A longer one is rejected: cut, two numbers could become one. */
export const MAX_ORDER_NUMBER = 128;

/**
 * The key of an order in every outbox: SHA-256 of merchant ID and order number, so that a store of keys names no
 * order. `orderNumber` is the number on the wire.
 */
export function orderKey(merchantId: string, orderNumber: string): string {
  return sha256Hex(`${merchantId.trim().toLowerCase()}\n${orderNumber}`);
}

/** The order's number as it is sent and remembered; `""` where the value is no order number, or too long for one. */
export function wireOrderNumber(value: unknown): string {
  const isNumber = typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value));
  const number = isNumber ? String(value) : tidyText(value, MAX_ORDER_NUMBER + 1);
  if (number.length > MAX_ORDER_NUMBER) return "";
  if (holdsEmail(number)) return sha256Hex(number.toLowerCase());
  return namesPerson(number) ? sha256Hex(number) : number;
}
