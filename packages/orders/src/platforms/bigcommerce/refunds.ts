import { sumOf } from "../../reading/json-field.ts";
import { itemsOf, lineOf, refundsOf } from "../../reading/map-refunds.ts";
import { restOrder, soldLine } from "./rest-order.ts";

/**
 * `{ order, refunds }` of BigCommerce: the order of the API v2 with its `products`, and the `data` of
 * `GET /v3/orders/<id>/payment_actions/refunds`. Money: an item of type PRODUCT with a quantity is that part of the order's
 * line; an amount (type ORDER) counts as the same part of the order as it is of `total_inc_tax`. Number: as of the order.
 */
export const bigCommerceRefunds = refundsOf({
  refundsIn: (order) => order.at("refunds").neededList("is missing; give { order, refunds }"),
  number: (order) => restOrder.number(order),
  currency: (order) => order.at("default_currency_code", "currency_code"),
  read: (refund, order) => {
    const payments = refund.at("payments").entries();
    if (payments.length > 0 && payments.every((one) => one.at("is_declined").flag())) return undefined;
    const taxIncluded = order.at("is_tax_inclusive_pricing").flag() ?? false;
    const items = refund.at("items").neededList();
    const products = items.filter(
      (item) => item.at("item_type").word() === "product" && !item.at("quantity").missing,
    );
    const amounts = items.filter((item) => ["order", "product"].includes(item.at("item_type").word() ?? ""));
    if (products.length > 0 && amounts.length > products.length)
      refund.incomplete("also refunds an amount beside its products, whose tax is unknown; it is left out");
    return {
      at: refund.at("created"),
      lines: products.map((item) =>
        itemsOf(soldLine(lineOf(order.at("products"), item.at("item_id")), taxIncluded), item.at("quantity")),
      ),
      share: {
        refunded: sumOf(amounts.map((item) => item.at("requested_amount"))),
        paid: order.at("total_inc_tax").needed(),
      },
    };
  },
});
