import { ZERO } from "../../money/decimal.ts";
import { lineOf, refundsOf } from "../../reading/map-refunds.ts";
import { recordOf } from "../../reading/packed-context.ts";
import { restOrder, soldLine } from "./rest-order.ts";

/**
 * `{ order, refunds }` of WooCommerce's REST API v3: the order, and the answer of `GET /orders/<id>/refunds`. The order's own
 * `refunds` have no lines. Money: `total` of each refunded line, which is negative and before tax; whether it is goods says the
 * order's line, whose ID is in the meta `_refunded_item_id`. An amount without lines counts as the same part of the order as it
 * is of the order's `total`. Number: as of the order. WooCommerce's reason is free text and is not read.
 */
export const wooCommerceRefunds = refundsOf({
  refundsIn: (order) => order.at("refunds").neededList("is missing; give { order, refunds }"),
  number: (order) => restOrder.number(order),
  currency: (order) => order.at("currency"),
  read: (refund, order) => {
    const entries = refund.at("line_items").entries();
    const lines = entries
      .map((entry) => ({ entry, total: entry.at("total").needed().abs() }))
      .filter(({ total }) => total.gt(0))
      .map(({ entry, total }) => {
        // A refund's line has none of the metas by which the order's line is a gift card.
        const id = entry.beside(recordOf(entry.at("meta_data")), "meta_data").at("_refunded_item_id");
        const sold = soldLine(id.missing ? entry : lineOf(order.at("line_items"), id));
        return { ...sold, total, quantity: entry.at("quantity").needed("is missing").abs() };
      });
    // The whole amount may be refunded for shipping and fees, each with a line of its own.
    const isBeside = ["shipping_lines", "fee_lines"].some((name) => refund.at(name).entries().length > 0);
    const refunded = refund.at("amount", "total").needed().abs();
    return {
      at: refund.at("date_created_gmt"),
      lines,
      ...(lines.length === 0 && {
        share: { refunded: isBeside ? ZERO : refunded, paid: order.at("total").needed() },
      }),
    };
  },
});
