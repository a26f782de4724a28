import { ZERO } from "./money/decimal.ts";
import { buyersPlace } from "./reading/address.ts";
import type { JsonField } from "./reading/json-field.ts";
import { type Mapper, mapperFor } from "./reading/map-order.ts";
import { packedContext } from "./reading/packed-context.ts";
import {
  type OrderShape,
  type PlatformLine,
  testOrder,
  unpaid,
  unpaidWhen,
} from "./reading/platform-order.ts";

export type { MapOptions, MapperResult } from "./reading/map-options.ts";

/**
 * Maps a Swell order, with names in snake case (backend API) or camel case (swell-js).
 *
 * - Number: `number`.
 * - Money: `price_total − discount_total` of each item, less its `tax_total` where `item_tax_included`. Gift cards are
 *   left out.
 * - Coupons: `coupon_code`. SKU: `variant.sku`, else `product.sku`, else `variant_id`; ask for `expand=items.product,items.variant`.
 * - Paid: `paid`. Canceled orders and drafts stay out. Orders of a store's test environment have `test`.
 * - Context: what `packContext` wrote into the cart's `metadata`, which Swell copies to the order.
 *
 * @example
 * ```ts
 * app.post("/webhooks/swell/:secret", express.json(), async (req, res) => {
 *   if (req.params.secret !== process.env.SWELL_WEBHOOK_SECRET) return res.sendStatus(401);
 *   if (req.body.type !== "order.paid") return res.sendStatus(200);
 *   // The webhook holds the order's ID only, and anybody can call it: get the order from Swell.
 *   const order = await swell.get("/orders/{id}", { id: req.body.data.id, expand: ["items.product", "items.variant"] });
 *   const mapped = swellOrder(order, { newCustomer: await isFirstOrder(order.account_id) });
 *   const receipt = await tracker.trackOrder(mapped);
 *   res.sendStatus(receipt.shouldRetry ? 503 : 200);
 * });
 * ```
 */
export const swellOrder: Mapper = mapperFor({
  envelopes: ["data"],

  test: (order) => (order.at("test").flag() ? testOrder(order.at("test"), "is true") : undefined),

  recognize: (order) => {
    const [items, number] = [order.at("items"), order.at("number")];
    if (items.missing) items.issue("is missing; a webhook holds the order's ID only: get the order");
    if (number.missing) number.issue("is missing; an order is expected, not a cart");
    return anOrder;
  },
});

const EXPAND = "Products are not expanded: ask for expand=items.product,items.variant";

const anOrder: OrderShape = {
  number: (order) => order.at("number").text(),

  unsent: (order) => {
    const flag = [order.at("canceled"), order.at("draft")].find((field) => field.flag());
    return flag ? unpaid(flag, "is true") : unpaidWhen(order.at("status"), ["canceled", "draft"]);
  },

  payment: (order) => ({ field: order.at("paid"), paid: order.at("paid").flag(), expected: "true" }),

  read: (order) => {
    const items = order.at("items").neededList();
    const taxIncluded = order.at("item_tax_included", "itemTaxIncluded").flag() ?? false;
    const lines = items.map((item) => soldLine(item, taxIncluded));
    return {
      currency: order.at("currency"),
      lines,
      // Whether the order's totals hold gift cards is documented nowhere.
      stated: lines.some((line) => line.notGoods) ? undefined : statedTotal(order, taxIncluded, lines.length),
      couponCodes: [order.at("coupon_code", "couponCode", "coupon.code")],
      ...buyersPlace(order, ["billing", "shipping"], ["country"], ["state"]),
      customerId: order.at("guest").flag() ? undefined : order.at("account_id", "accountId").text(),
      context: packedContext(order.at("metadata")),
    };
  },
};

function soldLine(item: JsonField, taxIncluded: boolean): PlatformLine {
  const discount = item.at("discount_total", "discountTotal").orZero();
  const giftCard = item.at("delivery").word() === "giftcard";
  const tax = taxIncluded && !giftCard ? item.at("tax_total", "taxTotal").needed() : ZERO;
  return {
    source: item,
    sku: item.textAt("variant.sku", "product.sku"),
    variantId: item.textAt("variant_id", "variantId", "product_id", "productId"),
    skuHint: item.at("product", "variant").missing ? EXPAND : undefined,
    total: item.at("price_total", "priceTotal").needed().minus(discount).minus(tax),
    quantity: item.at("quantity").needed("is missing"),
    notGoods: giftCard,
  };
}

/** Whether `sub_total` is before or after the items' discounts is documented nowhere, so either may agree. */
function statedTotal(order: JsonField, taxIncluded: boolean, lines: number) {
  const subTotal = order.at("sub_total", "subTotal");
  const [total, discount] = [subTotal.amount(), order.at("item_discount", "itemDiscount").amount()];
  if (!total || !discount) return undefined;
  const after = taxIncluded ? total.minus(order.at("item_tax", "itemTax").orZero()) : total;
  return { amounts: [after.minus(discount), after], path: subTotal.path, slack: Math.ceil(lines / 2) };
}
