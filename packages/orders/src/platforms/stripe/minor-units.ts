import { currencyCode } from "@avantlink-s2s/core/money";
import { type Decimal, exact } from "../../money/decimal.ts";
import type { JsonField } from "../../reading/json-field.ts";

// Stripe's own lists, which differ from ISO's: the Malagasy ariary has no decimals, while the Icelandic króna and the
// Ugandan shilling are written with two that are always zero (500 is 5 kr.).
const WITHOUT_DECIMALS = new Set("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" "));
const THREE_DECIMALS = new Set("BHD JOD KWD OMR TND".split(" "));

/** What one of Stripe's integers is worth, in major units of the currency. */
export function unitOf(currency: JsonField): Decimal {
  const code = currencyCode(currency.value) ?? "";
  return exact(WITHOUT_DECIMALS.has(code) ? 1 : THREE_DECIMALS.has(code) ? 0.001 : 0.01);
}

/** An integer that the money cannot be known without. */
export function neededInteger(field: JsonField): Decimal {
  const amount = field.needed();
  if (!amount.round(0).eq(amount)) field.issue("is not a whole number of minor units");
  return amount;
}

/** What shipping cost before its tax. */
export function netShipping(shippingCost: JsonField): Decimal {
  return shippingCost.at("amount_total").orZero().minus(shippingCost.at("amount_tax").orZero());
}
