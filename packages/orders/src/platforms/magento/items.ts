import type { JsonField } from "../../reading/json-field.ts";
import type { PlatformLine } from "../../reading/platform-order.ts";

/**
 * The items that have the price. A product with parts is an item for itself and one for each part: the price is on the
 * parent (a configurable product, a bundle with a fixed price) or on its parts (a bundle with a dynamic price, whose own
 * `row_total` is the sum of them).
 */
export function goodsItems(items: JsonField): readonly PlatformLine[] {
  const all = items.neededList();
  const parts = new Map<string, JsonField[]>();
  for (const item of all) {
    const parent = item.at("parent_item_id").text();
    if (parent !== undefined) parts.set(parent, [...(parts.get(parent) ?? []), item]);
  }
  const pricedByParts = new Set(
    all
      .filter((item) => item.at("product_type").word() === "bundle")
      .map((bundle) => bundle.at("item_id").text() ?? "")
      .filter((id) => (parts.get(id) ?? []).some((part) => part.at("row_total").amount()?.gt(0))),
  );
  const known = new Set(all.map((item) => item.at("item_id").text()));
  const priced = all.filter((item) => {
    const parent = item.at("parent_item_id").text();
    if (parent === undefined || !known.has(parent))
      return !pricedByParts.has(item.at("item_id").text() ?? "");
    return pricedByParts.has(parent);
  });
  return priced.map((item) => {
    if (item.at("qty_canceled").orZero().gt(0))
      item.adjusted("has canceled items; all that was ordered is sent");
    return soldLine(item);
  });
}

/** An item of an order, or of a credit memo, which counts in `qty` and has an item of the order (`source`). */
export function soldLine(item: JsonField, quantity = "qty_ordered", source = item): PlatformLine {
  const listed = item.at("row_total").needed();
  const [discount, savedTax] = [item.at("discount_amount"), item.at("discount_tax_compensation_amount")];
  return {
    source,
    sku: item.at("sku"),
    variantId: item.at("product_id"),
    total: listed.minus(discount.orZero()).plus(savedTax.orZero()),
    quantity: item.at(quantity).needed("is missing"),
    notGoods: source.at("product_type").word() === "giftcard",
  };
}
