import { currencyDigits, decimal } from "@avantlink-s2s/core/money";
import { type Exact, NOTHING, total } from "./exact.ts";
import type { Field } from "./field.ts";
import type { Notes } from "./notes.ts";
import type { SoldLine } from "./sale.ts";

/** A `centAmount` with its `fractionDigits`, or a `preciseAmount` with more of them, in major units. */
export function centMoney(money: Field): Exact | undefined {
  if (money.missing) return undefined;
  const precise = money.at("type").text() === "highPrecision" && !money.at("preciseAmount").missing;
  const cents = money.at(precise ? "preciseAmount" : "centAmount").owed();
  const digits = money.at("fractionDigits").amount()?.toNumber();
  const places = digits ?? currencyDigits(money.at("currencyCode").text() ?? "");
  return cents.times(decimal(Number.isInteger(places) ? `1e${-places}` : 0) ?? NOTHING);
}

/** What was paid for an item before tax: `totalPrice` holds the tax where prices include it. */
export function netOf(item: Field, notes: Notes): Exact {
  const net = centMoney(item.at("taxedPrice.totalNet"));
  if (net) return net;
  const portions = item.at("taxedPricePortions").list() ?? [];
  if (portions.length > 0) {
    return total(portions.map((portion) => owedMoney(portion.at("taxedPrice.totalNet"), notes)));
  }
  if (item.at("taxRate.includedInPrice").flag()) {
    notes.issue(
      item.at("taxedPrice").path,
      "is missing; the price includes tax, which cannot be taken out without it",
    );
    return NOTHING;
  }
  return owedMoney(item.at("totalPrice"), notes);
}

function owedMoney(money: Field, notes: Notes): Exact {
  const amount = centMoney(money);
  if (!amount) notes.issue(money.path, "is missing; without it the money cannot be known");
  return amount ?? NOTHING;
}

/** A line item, with the prices that its items have: their discounted prices, whose proportions hold for net prices. */
export function soldLine(item: Field, notes: Notes): SoldLine {
  const line = {
    path: item.path,
    sku: item.at("variant.sku").text(),
    total: netOf(item, notes),
    quantity: item.at("quantity").owed("is missing"),
  };
  const prices = (item.at("discountedPricePerQuantity").list() ?? []).map((group) => {
    const quantity = group.at("quantity").amount()?.toNumber() ?? 0;
    const each = centMoney(group.at("discountedPrice.value")) ?? NOTHING;
    return { quantity, all: each.times(quantity) };
  });
  const counted = prices.reduce((sum, { quantity }) => sum + quantity, 0);
  const sound = prices.every(
    ({ quantity, all }) => Number.isSafeInteger(quantity) && quantity > 0 && !all.lt(0),
  );
  const several =
    prices.length > 1 && sound && line.quantity.eq(counted) && total(prices.map(({ all }) => all)).gt(0);
  return several ? { ...line, prices } : line;
}
