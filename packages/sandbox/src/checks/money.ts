import type { Finding } from "../records.ts";
import { listAt, textAt, textsAt, valueAt } from "./body-values.ts";
import { decimalsOf, isKnownCurrency } from "./currency.ts";
import { type Decimal, formatUnits, isDecimalText, toDecimal, unitsAt } from "./decimal.ts";
import { error, info, warning } from "./finding.ts";

/** Currency, amounts, quantities, and whether the lines add up to the subtotal. */
export function checkMoney(body: unknown): Finding[] {
  const currency = textAt(body, "order", "currency");
  const findings = checkCurrency(currency);
  const digits = decimalsOf(currency);
  const subtotalPath = "order.order_amount_subtotal";
  const subtotal = checkAmount(
    valueAt(body, "order", "order_amount_subtotal"),
    subtotalPath,
    currency,
    findings,
  );
  const lines: Line[] = [];
  const products = listAt(body, "order", "products");
  products.forEach((product, index) => {
    const path = `order.products[${index}]`;
    const amount = checkAmount(
      valueAt(product, "product_amount"),
      `${path}.product_amount`,
      currency,
      findings,
    );
    const quantity = checkQuantity(valueAt(product, "quantity"), `${path}.quantity`, findings);
    if (amount !== undefined && quantity !== undefined) lines.push({ amount, quantity });
  });
  if (subtotal !== undefined && lines.length > 0 && lines.length === products.length) {
    findings.push(...checkSum(subtotal, lines, digits, textsAt(body, "order", "coupon_codes").length > 0));
  }
  return findings;
}

interface Line {
  readonly amount: Decimal;
  readonly quantity: bigint;
}

function checkCurrency(currency: string): Finding[] {
  const path = "order.currency";
  if (currency === "") return [];
  if (!/^[A-Z]{3}$/.test(currency)) {
    const upper = currency.toUpperCase();
    const hint = /^[A-Z]{3}$/.test(upper) ? ` Send ${upper}.` : " Send the ISO 4217 code, such as USD.";
    return [error(path, `A currency is three upper-case letters.${hint}`)];
  }
  if (isKnownCurrency(currency)) return [];
  return [warning(path, `${currency} is not in the sandbox's list of currency codes. Check the spelling.`)];
}

function checkAmount(
  value: unknown,
  path: string,
  currency: string,
  findings: Finding[],
): Decimal | undefined {
  const amount = toDecimal(value);
  if (amount === undefined) {
    if (typeof value === "number" || isDecimalText(value)) {
      findings.push(error(path, `${String(value).slice(0, 40)} is no amount of money.`));
    }
    return undefined;
  }
  if (amount.units < 0n) {
    findings.push(
      error(
        path,
        "It is negative. Discounts belong into the prices of the lines; report returns in a batch return file.",
      ),
    );
  }
  const digits = decimalsOf(currency);
  if (amount.scale > digits && unitsAt(amount, amount.scale) % 10n ** BigInt(amount.scale - digits) !== 0n) {
    findings.push(
      warning(
        path,
        `It has more than the ${digits} decimals of ${currency || "its currency"}. Round to what the shopper paid.`,
      ),
    );
  }
  return amount;
}

function checkQuantity(value: unknown, path: string, findings: Finding[]): bigint | undefined {
  const quantity = toDecimal(value);
  if (quantity === undefined) return undefined;
  if (quantity.units % 10n ** BigInt(quantity.scale) !== 0n || quantity.units <= 0n) {
    findings.push(error(path, `A quantity is a positive whole number, and it is ${String(value)}.`));
    return undefined;
  }
  return quantity.units / 10n ** BigInt(quantity.scale);
}

function checkSum(subtotal: Decimal, lines: readonly Line[], digits: number, coupons: boolean): Finding[] {
  const scale = Math.max(digits, subtotal.scale, ...lines.map((line) => line.amount.scale));
  const total = unitsAt(subtotal, scale);
  const sum = lines.reduce((acc, line) => acc + unitsAt(line.amount, scale) * line.quantity, 0n);
  if (sum === total) return [];
  const apart = sum > total ? sum - total : total - sum;
  const path = "order.order_amount_subtotal";
  const numbers = `The lines add up to ${formatUnits(sum, scale)}, the subtotal is ${formatUnits(total, scale)}`;
  const items = lines.reduce((acc, line) => acc + line.quantity, 0n);
  // Each unit price may be off by half a minor unit.
  if (apart * 2n <= items * 10n ** BigInt(scale - digits)) {
    return [info(path, `${numbers}: no more apart than rounded unit prices explain.`)];
  }
  const once = lines.reduce((acc, line) => acc + unitsAt(line.amount, scale), 0n);
  const cause = likelyCause(sum, total, once, coupons);
  return [warning(path, `${numbers}, ${formatUnits(apart, scale)} apart. ${cause}`)];
}

function likelyCause(sum: bigint, total: bigint, once: bigint, coupons: boolean): string {
  if (once === total) {
    return "The amounts add up when quantities are left out: product_amount looks like the price of a whole line, and must be the price of one item.";
  }
  if (sum < total) {
    return "Most likely shipping or tax is inside the subtotal, or a line is missing. The subtotal is what the goods cost after discounts, before tax and shipping.";
  }
  const tax = coupons || total <= 0n ? undefined : wholePercent(sum, total);
  if (tax !== undefined) {
    return `The lines look as if they include ${tax} % tax. Both the lines and the subtotal are before tax.`;
  }
  return coupons
    ? "Most likely the coupon's discount was not spread over the lines: commission per item is computed from them, so each product_amount must be what was paid for one item."
    : "Most likely a discount of the whole order was not spread over the lines, or the lines include tax. Each product_amount is what was paid for one item, before tax.";
}

/** By how many per cent the sum exceeds the total, when that is a usual rate of tax. */
function wholePercent(sum: bigint, total: bigint): number | undefined {
  const rate = Math.round((Number(sum) / Number(total) - 1) * 1000) / 10;
  const exact = Math.abs(Number(sum) - Number(total) * (1 + rate / 100)) <= 1;
  return exact && rate >= 4 && rate <= 27 && Number.isInteger(rate * 2) ? rate : undefined;
}
