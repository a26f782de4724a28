import type { Decimal } from "../../money/decimal.ts";
import type { JsonField } from "../../reading/json-field.ts";
import type { PlatformLine } from "../../reading/platform-order.ts";

/** A line of an order, whose integers are so many of this unit. */
export function soldLine(line: JsonField, unit: Decimal): PlatformLine {
  const quantity = line.at("quantity").needed("is missing");
  const [total, each] = [line.at("proratedLinePrice"), line.at("proratedUnitPrice")];
  const integer = total.missing && !each.missing ? each.needed().times(quantity) : total.needed();
  return {
    source: line,
    sku: line.at("productVariant.sku"),
    variantId: line.at("productVariant.id", "productVariantId"),
    total: integer.times(unit),
    quantity,
  };
}
