import { currencyCode } from "@avantlink-s2s/core/money";
import { type Decimal, share, sum, ZERO } from "../../money/decimal.ts";
import type { Findings } from "../../reading/findings.ts";
import type { JsonField } from "../../reading/json-field.ts";
import type { PlatformLine } from "../../reading/platform-order.ts";
import { paidQuantity } from "./paid-quantity.ts";

/** A line of a Shopify order, with what the order's subtotal holds beside what was paid for the line. */
export interface ShopifyLine extends PlatformLine {
  /** The tax that was taken out of its price. */
  readonly tax: Decimal;
  /** What the items that were removed before the payment would have cost, with their tax. */
  readonly removed: Decimal;
}

/** Reads lines in the shop's currency; a price that is stated in another cannot be added to the others. */
export class ShopifyPrices {
  readonly #currency: string | undefined;
  readonly #taxesIncluded: boolean;
  readonly #findings: Findings;

  constructor(currency: string | undefined, taxesIncluded: boolean, findings: Findings) {
    this.#currency = currency;
    this.#taxesIncluded = taxesIncluded;
    this.#findings = findings;
  }

  line(line: JsonField, order: JsonField): ShopifyLine {
    const ordered = line.at("quantity").needed("is missing");
    const paid = paidQuantity(line, order, ordered);
    if (!paid.eq(ordered)) {
      const message = `${ordered.minus(paid).toString()} of ${ordered.toString()} items were removed before the payment`;
      this.#findings.add("mapper.adjusted", line.path, message);
    }
    // Discounts and tax are those of the ordered quantity.
    const gross = this.#amount(line, "price", "originalUnitPrice")
      .times(ordered)
      .minus(this.#discounts(line));
    const tax = this.#taxesIncluded ? this.#tax(line) : ZERO;
    const ofPaid = (amount: Decimal) => (paid.eq(ordered) ? amount : share(amount, paid, ordered));
    return {
      source: line,
      sku: line.textAt("sku", "variant.sku"),
      variantId: line.textAt("variant_id", "variant.legacyResourceId", "variant.id", "product_id"),
      total: ofPaid(gross.minus(tax)),
      quantity: paid,
      notGoods: line.at("gift_card", "isGiftCard").flag() ?? false,
      tax: ofPaid(tax),
      removed: gross.minus(ofPaid(gross)),
    };
  }

  #discounts(line: JsonField): Decimal {
    const allocations = line.at("discount_allocations", "discountAllocations");
    const entries = allocations.neededList("is missing; it says which discounts came off the price");
    return sum(entries.map((entry) => this.#amount(entry, "amount", "allocatedAmount")));
  }

  #tax(line: JsonField): Decimal {
    const taxes = line.at("tax_lines", "taxLines");
    const entries = taxes.neededList("is missing; prices include tax, which must be taken out");
    return sum(entries.map((entry) => this.#amount(entry, "price", "price")));
  }

  /** REST has `price` beside `price_set`, GraphQL has `originalUnitPriceSet` alone. */
  #amount(holder: JsonField, rest: string, graphql: string): Decimal {
    const shop = holder.at(`${rest}_set.shop_money`, `${graphql}Set.shopMoney`);
    if (shop.missing) return holder.at(rest, `${graphql}Set`).needed();
    const currency = shop.at("currency_code", "currencyCode");
    if (!currency.missing && currencyCode(currency.value) !== this.#currency) {
      this.#findings.issue(currency.path, "is not the order's currency");
    }
    return shop.at("amount").needed();
  }
}
