import { currencyCode } from "@avantlink-s2s/core/money";
import { type Exact, NOTHING, share, total } from "./exact.ts";
import type { Field } from "./field.ts";
import type { Notes } from "./notes.ts";
import type { SoldLine } from "./sale.ts";
import { paidQuantity } from "./shopify-quantity.ts";

/** A line of a Shopify order. Gift cards are no goods, but the order's subtotal holds them. */
export interface ShopifyLine extends SoldLine {
  readonly giftCard: boolean;
  /** The tax that was taken out of its price. */
  readonly tax: Exact;
  /** What the items that were removed before the payment would have cost, with their tax. */
  readonly removed: Exact;
}

/** Reads lines in the shop's currency; a price that is stated in another cannot be added to the others. */
export class ShopifyPrices {
  readonly #currency: string | undefined;
  readonly #taxesIncluded: boolean;
  readonly #notes: Notes;

  constructor(currency: string | undefined, taxesIncluded: boolean, notes: Notes) {
    this.#currency = currency;
    this.#taxesIncluded = taxesIncluded;
    this.#notes = notes;
  }

  line(line: Field, order: Field): ShopifyLine {
    const ordered = line.at("quantity").owed("is missing");
    const paid = paidQuantity(line, order, ordered);
    if (!paid.eq(ordered)) {
      const message = `${ordered.minus(paid).toString()} of ${ordered.toString()} items were removed before the payment`;
      this.#notes.finding("mapper.adjusted", line.path, message);
    }
    // Discounts and tax are those of the ordered quantity.
    const gross = this.#amount(line, "price", "originalUnitPrice")
      .times(ordered)
      .minus(this.#discounts(line));
    const tax = this.#taxesIncluded ? this.#tax(line) : NOTHING;
    const ofPaid = (amount: Exact) => (paid.eq(ordered) ? amount : share(amount, paid, ordered));
    return {
      path: line.path,
      sku: line.at("sku", "variant.sku").text(),
      total: ofPaid(gross.minus(tax)),
      quantity: paid,
      giftCard: line.at("gift_card", "isGiftCard").flag() ?? false,
      tax: ofPaid(tax),
      removed: gross.minus(ofPaid(gross)),
    };
  }

  #discounts(line: Field): Exact {
    const allocations = line.at("discount_allocations", "discountAllocations");
    const entries = allocations.list();
    if (!entries)
      this.#notes.issue(allocations.path, "is missing; it says which discounts came off the price");
    return total((entries ?? []).map((entry) => this.#amount(entry, "amount", "allocatedAmount")));
  }

  #tax(line: Field): Exact {
    const taxes = line.at("tax_lines", "taxLines");
    const entries = taxes.list();
    if (!entries) this.#notes.issue(taxes.path, "is missing; prices include tax, which must be taken out");
    return total((entries ?? []).map((entry) => this.#amount(entry, "price", "price")));
  }

  /** REST has `price` beside `price_set`, GraphQL has `originalUnitPriceSet` alone. */
  #amount(holder: Field, rest: string, graphql: string): Exact {
    const shop = holder.at(`${rest}_set.shop_money`, `${graphql}Set.shopMoney`);
    if (shop.missing) return holder.at(rest).owed();
    const currency = shop.at("currency_code", "currencyCode");
    if (!currency.missing && currencyCode(currency.value) !== this.#currency) {
      this.#notes.issue(currency.path, "is not the order's currency");
    }
    return shop.at("amount").owed();
  }
}
