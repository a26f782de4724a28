import { lineOf, refundsOf } from "../../reading/map-refunds.ts";
import { soldLine } from "./items.ts";

/** The `state` of a credit memo: 1 is open, 2 refunded, 3 canceled. */
const CANCELED = "3";

/**
 * `{ order, refunds }` of Magento's REST API: the order, and the `items` of `GET /V1/creditmemos` for it. Money: `row_total` of
 * each item less its discount, with `adjustment_positive` and without `adjustment_negative`. The parts of a configurable product
 * have no price of their own. Number: the order's `increment_id`. Whether an item is goods says the order's item, by `order_item_id`.
 */
export const magentoRefunds = refundsOf({
  refundsIn: (order) =>
    order.at("refunds").neededList("is missing; give { order, refunds } with the credit memos"),
  number: (order) => order.at("increment_id").text(),
  currency: (order) => order.at("order_currency_code"),
  read: (memo, order) => {
    if (memo.at("state").text() === CANCELED) return undefined;
    const all = memo.at("items").neededList();
    const items = all.filter((item) => item.at("row_total").amount()?.gt(0));
    return {
      id: memo.at("increment_id", "entity_id"),
      at: memo.at("created_at"),
      reason: items.length === 0 ? "ADJUSTMENT" : "RETURN",
      lines: items.map((item) => {
        // A memo's item does not say that it is a gift card.
        const id = item.at("order_item_id");
        return soldLine(item, "qty", id.missing ? item : lineOf(order.at("items"), id, "item_id"));
      }),
      beside: memo.at("adjustment_positive").orZero().minus(memo.at("adjustment_negative").orZero()),
    };
  },
});
