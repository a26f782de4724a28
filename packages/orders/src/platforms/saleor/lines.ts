import type { JsonField } from "../../reading/json-field.ts";
import type { PlatformLine } from "../../reading/platform-order.ts";

/** A line of an order. */
export function soldLine(line: JsonField): PlatformLine {
  const quantity = line.at("quantity").needed("is missing");
  const total = line.at("totalPrice.net.amount", "total_price_net_amount");
  const unit = line.at("unitPrice.net.amount", "unit_price_net_amount");
  return {
    source: line,
    sku: line.textAt("productSku", "product_sku", "variant.sku"),
    variantId: line.at("productVariantId", "product_variant_id", "variant.id"),
    // A unit price is rounded, a line's total is not.
    total: total.missing && !unit.missing ? unit.needed().times(quantity) : total.needed(),
    quantity,
    notGoods: line.at("variant.product.productType.kind").word() === "gift_card",
  };
}
