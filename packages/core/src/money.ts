/** The public face of the money room, for what turns other shapes of an order into ours. */

export {
  type Decimal,
  decimal,
  decimalToMinor,
  formatMinor,
  fromMinor,
  MAX_AMOUNT,
  readMoney,
  toMinor,
} from "./money/amount.ts";
export { currencyCode, currencyDigits } from "./money/currency.ts";
export { type PricedItems, splitLine, spreadDiscount } from "./money/price-lines.ts";
