import type { Finding } from "../records.ts";
import { listAt, textAt, textsAt, valueAt } from "./body-values.ts";
import { decimalsOf, isKnownCurrency } from "./currency.ts";
import { formatUnits, isDecimalText, stepAt, toUnits } from "./decimal.ts";
import { error, info, warning } from "./finding.ts";

const SUBTOTAL = "order.order_amount_subtotal";

/** Currency, amounts, quantities, and whether the lines add up to the subtotal. */
export function* checkMoney(body: unknown): Generator<Finding> {
  const currency = textAt(body, "order", "currency");
  const subtotal = valueAt(body, "order", "order_amount_subtotal");
  const products = listAt(body, "order", "products");
  yield* checkCurrency(currency);
  yield* checkAmount(subtotal, SUBTOTAL, currency);
  for (const [index, product] of products.entries()) {
    const path = `order.products[${index}]`;
    yield* checkAmount(valueAt(product, "product_amount"), `${path}.product_amount`, currency);
    yield* checkQuantity(valueAt(product, "quantity"), `${path}.quantity`);
  }
  const total = toUnits(subtotal);
  const lines = products.flatMap((product) => lineOf(product) ?? []);
  if (total === undefined || lines.length === 0 || lines.length < products.length) return;
  yield* checkSum(total, lines, decimalsOf(currency), textsAt(body, "order", "coupon_codes").length > 0);
}

interface Line {
  readonly amount: bigint;
  readonly quantity: bigint;
}

function lineOf(product: unknown): Line | undefined {
  const amount = toUnits(valueAt(product, "product_amount"));
  const quantity = toUnits(valueAt(product, "quantity"));
  if (amount === undefined || quantity === undefined || !isCount(quantity)) return undefined;
  return { amount, quantity: quantity / stepAt(0) };
}

const isCount = (units: bigint) => units > 0n && units % stepAt(0) === 0n;

function* checkCurrency(currency: string): Generator<Finding> {
  const path = "order.currency";
  const upper = currency.toUpperCase();
  if (currency === "" || isKnownCurrency(currency)) return;
  if (/^[A-Z]{3}$/.test(currency))
    yield error(path, `${currency} is no code of ISO 4217. Send the code of the currency, such as USD.`);
  else if (/^[A-Z]{3}$/.test(upper))
    yield error(path, `A currency is three upper-case letters. Send ${upper}.`);
  else yield error(path, "A currency is three upper-case letters. Send the ISO 4217 code, such as USD.");
}

function* checkAmount(value: unknown, path: string, currency: string): Generator<Finding> {
  const amount = toUnits(value);
  if (amount === undefined) {
    if (typeof value === "number" || isDecimalText(value))
      yield error(path, `${String(value).slice(0, 40)} is no amount of money.`);
    return;
  }
  if (amount < 0n)
    yield error(
      path,
      "It is negative. Discounts belong into the prices of the lines; report returns in a batch return file.",
    );
  const decimals = decimalsOf(currency);
  if (amount % stepAt(decimals) !== 0n)
    yield warning(
      path,
      `It has more than the ${decimals} decimals of ${currency || "its currency"}. Round to what the shopper paid.`,
    );
}

function* checkQuantity(value: unknown, path: string): Generator<Finding> {
  const quantity = toUnits(value);
  if (quantity !== undefined && !isCount(quantity))
    yield error(path, `A quantity is a positive whole number, and it is ${String(value)}.`);
}

function* checkSum(
  total: bigint,
  lines: readonly Line[],
  decimals: number,
  coupons: boolean,
): Generator<Finding> {
  const sum = lines.reduce((sum, { amount, quantity }) => sum + amount * quantity, 0n);
  if (sum === total) return;
  const apart = sum > total ? sum - total : total - sum;
  const [lineSum, subtotal, difference] = [sum, total, apart].map((units) => formatUnits(units, decimals));
  const numbers = `The lines add up to ${lineSum}, the subtotal is ${subtotal}`;
  const items = lines.reduce((count, { quantity }) => count + quantity, 0n);
  const step = stepAt(decimals);
  // Each unit price may be off by half a minor unit.
  if (apart * 2n <= items * step) {
    yield info(SUBTOTAL, `${numbers}: no more apart than rounded unit prices explain.`);
    return;
  }
  const once = lines.reduce((sum, { amount }) => sum + amount, 0n);
  const cause = likelyCause(sum, total, once, step, coupons);
  yield warning(SUBTOTAL, `${numbers}, ${difference} apart. ${cause}`);
}

function likelyCause(sum: bigint, total: bigint, once: bigint, step: bigint, coupons: boolean): string {
  if (once === total) {
    return "The amounts add up when quantities are left out: product_amount looks like the price of a whole line, and must be the price of one item.";
  }
  if (sum < total) {
    return "Most likely shipping or tax is inside the subtotal, or a line is missing. The subtotal is what the goods cost after discounts, before tax and shipping.";
  }
  if (coupons) {
    return "Most likely the coupon's discount was not spread over the lines: commission per item is computed from them, so each product_amount must be what was paid for one item.";
  }
  const tax = usualTax(Number(sum), Number(total), Number(step));
  return tax === undefined
    ? "Most likely a discount of the whole order was not spread over the lines, or the lines include tax. Each product_amount is what was paid for one item, before tax."
    : `The lines look as if they include ${tax} % tax. Both the lines and the subtotal are before tax.`;
}

/** By how many per cent the sum exceeds the total, when that is a usual rate of tax, to the minor unit. */
function usualTax(sum: number, total: number, step: number): number | undefined {
  const rate = Math.round((sum / total - 1) * 1000) / 10;
  const isExact = Math.abs(sum - total * (1 + rate / 100)) <= step;
  return isExact && rate >= 4 && rate <= 27 && Number.isInteger(rate * 2) ? rate : undefined;
}
