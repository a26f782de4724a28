import { decimal } from "@avantlink-s2s/core/money";
import { type Decimal, ZERO } from "../../money/decimal.ts";

// Stripe's own lists, which are not ISO's: the Malagasy ariary counts as having no decimals, while the Icelandic
// króna and the Ugandan shilling, which have none, are written with two (500 is 5 kr.).
const WITHOUT_DECIMALS = new Set("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" "));
const THREE_DECIMALS = new Set("BHD JOD KWD OMR TND".split(" "));

/** An integer of Stripe's as an amount in major units. */
export function stripeAmount(integer: Decimal, currency: string): Decimal {
  const unit = decimal(WITHOUT_DECIMALS.has(currency) ? 1 : THREE_DECIMALS.has(currency) ? 0.001 : 0.01);
  return integer.times(unit ?? ZERO);
}
