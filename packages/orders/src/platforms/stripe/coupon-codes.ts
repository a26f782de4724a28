import type { JsonField } from "../../reading/json-field.ts";

/** The codes of promotion codes among a session's or invoice's discounts. A coupon that the shop applied has none. */
export function promotionCodes(
  discounts: JsonField,
  discounted: boolean,
  expand: string,
): readonly JsonField[] {
  const applied = discounts.list();
  const unread = applied?.find(
    (entry) => typeof entry.value === "string" || typeof promotionCode(entry).value === "string",
  );
  if (unread || (!applied && discounted)) {
    (unread ? promotionCode(unread) : discounts).incomplete(
      `is not expanded, so its coupon code cannot be read: ${expand}`,
    );
  }
  return discounts.entries().map((entry) => promotionCode(entry).at("code"));
}

function promotionCode(entry: JsonField): JsonField {
  return entry.at("promotion_code", "discount.promotion_code");
}
