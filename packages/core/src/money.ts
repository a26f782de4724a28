/** The public face of the money room, for what turns other shapes of an order into ours. */

export {
  type Decimal,
  decimal,
  decimalToMinor,
  formatMinor,
  fromMinor,
  LARGEST_AMOUNT,
  toMinor,
} from "./money/amount.ts";
export { currencyCode, currencyDigits, isKnownCurrency } from "./money/currency.ts";
export { type PricedItems, splitLine, spreadDiscount } from "./money/spread.ts";
