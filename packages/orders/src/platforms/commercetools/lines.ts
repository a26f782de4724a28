import { currencyDigits, decimal } from "@avantlink-s2s/core/money";
import { type Decimal, sum, ZERO } from "../../money/decimal.ts";
import type { JsonField } from "../../reading/json-field.ts";
import type { PlatformLine } from "../../reading/platform-order.ts";

/** A `centAmount` with its `fractionDigits`, or a `preciseAmount` with more of them, in major units. */
export function centMoney(money: JsonField): Decimal | undefined {
  if (money.missing) return undefined;
  const precise = money.at("type").text() === "highPrecision" && !money.at("preciseAmount").missing;
  const cents = money.at(precise ? "preciseAmount" : "centAmount").needed();
  const digits = money.at("fractionDigits").amount()?.toNumber();
  const places = digits ?? currencyDigits(money.at("currencyCode").text() ?? "");
  return cents.times(decimal(Number.isInteger(places) ? `1e${-places}` : 0) ?? ZERO);
}

/** What was paid for an item before tax: `totalPrice` holds the tax where prices include it. */
export function netOf(item: JsonField): Decimal {
  const net = centMoney(item.at("taxedPrice.totalNet"));
  if (net) return net;
  const portions = item.at("taxedPricePortions").entries();
  if (portions.length > 0) {
    return sum(portions.map((portion) => neededMoney(portion.at("taxedPrice.totalNet"))));
  }
  if (item.at("taxRate.includedInPrice").flag()) {
    item.at("taxedPrice").issue("is missing; the price includes tax, which cannot be taken out without it");
    return ZERO;
  }
  return neededMoney(item.at("totalPrice"));
}

function neededMoney(money: JsonField): Decimal {
  const amount = centMoney(money);
  if (!amount) money.issue("is missing; without it the money cannot be known");
  return amount ?? ZERO;
}

/** A line item, with the prices that its items have: their discounted prices, whose proportions hold for net prices. */
export function soldLine(item: JsonField): PlatformLine {
  const line = {
    source: item,
    sku: item.at("variant.sku"),
    variantId: item.at("variant.key", "productId"),
    total: netOf(item),
    quantity: item.at("quantity").needed("is missing"),
  };
  const prices = item
    .at("discountedPricePerQuantity")
    .entries()
    .map((group) => {
      const quantity = group.at("quantity").orZero().toNumber();
      const each = centMoney(group.at("discountedPrice.value")) ?? ZERO;
      return { quantity, total: each.times(quantity) };
    });
  const counted = prices.reduce((sum, { quantity }) => sum + quantity, 0);
  const sound = prices.every(
    ({ quantity, total }) => Number.isSafeInteger(quantity) && quantity > 0 && !total.lt(0),
  );
  const several =
    prices.length > 1 && sound && line.quantity.eq(counted) && sum(prices.map(({ total }) => total)).gt(0);
  return several ? { ...line, prices } : line;
}
