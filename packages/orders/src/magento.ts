import { goodsItems } from "./platforms/magento/items.ts";
import { buyersPlace } from "./reading/address.ts";
import { type JsonField, sumOf } from "./reading/json-field.ts";
import { type Mapper, mapperFor } from "./reading/map-order.ts";
import { packedContext } from "./reading/packed-context.ts";
import { type OrderShape, paidIfFree, paidWhen, unpaidWhen } from "./reading/platform-order.ts";

export type { MapOptions, MapperResult } from "./reading/map-options.ts";

/**
 * Maps an order of Magento 2 (Adobe Commerce) as its REST API has it (`GET /V1/orders/<entity_id>`).
 *
 * - Number: `increment_id`, which the shopper sees; `entity_id` is the database's.
 * - Money, in the currency that the shopper paid in (`order_currency_code`): `row_total − discount_amount +
 *   discount_tax_compensation_amount` of each item. `base_…` amounts are in the shop's currency, `row_total_incl_tax` is
 *   before discounts, and `price` is rounded: none is read.
 * - Items: a configurable product is two items of one SKU, of which the parent has the price; a bundle's price is on the
 *   bundle or on its parts. Each is counted once. Gift cards are left out.
 * - Coupons: `coupon_code`. SKU: `sku`, else `product_id`. State: `region_code`.
 * - Paid: `state` processing or complete, and nothing of `total_due` left: an authorized order is processing too. An order
 *   whose `grand_total` is 0 is paid, although it may stay `new`. `status` is the shop's own word and is not read.
 * - Context: Magento copies nothing from cart to order: keep the context in a row of your own by `increment_id`, or in
 *   `extension_attributes` that a module of yours adds. `remote_ip` may be a storefront's server and is not read.
 *
 * @example
 * ```ts
 * // Magento has no webhooks of its own: your module, or Adobe's I/O Events, calls with the order's ID.
 * app.post("/webhooks/magento", express.json(), async (req, res) => {
 *   if (req.get("x-webhook-secret") !== secret) return res.sendStatus(401);
 *   const order = await api.get(`/V1/orders/${req.body.entity_id}`);
 *   const newCustomer = await isFirstOrder(order.customer_id);
 *   const mapped = magentoOrder(order, { newCustomer });
 *   const receipt = await tracker.trackOrder(mapped, contextOfOrder(order.increment_id));
 *   res.sendStatus(receipt.shouldRetry ? 503 : 200);
 * });
 * ```
 */
export const magentoOrder: Mapper = mapperFor({
  recognize: (order) => {
    const [items, number] = [order.at("items"), order.at("increment_id")];
    if (order.has("search_criteria")) {
      order.at("search_criteria").issue("is that of a list; give each of its items");
    } else if (order.has("invoice_id") || order.has("order_id")) {
      order.at("order_id").issue("is a field of an invoice, shipment or credit memo; an order is expected");
    }
    if (items.missing || number.missing) {
      (items.missing ? items : number).issue(
        "is missing; an order of the REST API (/V1/orders) is expected, not a quote",
      );
    }
    return anOrder;
  },
});

const ADDRESSES = ["billing_address", "extension_attributes.shipping_assignments.0.shipping.address"];

const anOrder: OrderShape = {
  number: (order) => order.at("increment_id").text(),

  unsent: (order) => unpaidWhen(order.at("state"), ["canceled", "closed"]),

  payment: (order) => {
    const due = order.at("total_due");
    if (due.amount()?.gt(0)) return { field: due, paid: false, expected: "0" };
    const state = paidWhen(order.at("state"), ["processing", "complete"], "processing or complete");
    return paidIfFree(order.at("grand_total"), state);
  },

  read: (order) => {
    const items = goodsItems(order.at("items"));
    return {
      currency: order.at("order_currency_code"),
      lines: items,
      stated: statedTotal(order, items.length),
      couponCodes: order.at("extension_attributes.coupon_codes").list() ?? [order.at("coupon_code")],
      ...buyersPlace(order, ADDRESSES, ["country_id"], ["region_code", "region"]),
      customerId: order.at("customer_is_guest").text() === "1" ? undefined : order.at("customer_id").id(),
      context: packedContext(order.at("extension_attributes")),
    };
  },
};

/** `subtotal` with the discount, which is negative and holds the shipping's part, and the tax that the discount saved. */
function statedTotal(order: JsonField, lines: number) {
  const others = ["discount_amount", "shipping_discount_amount", "discount_tax_compensation_amount"];
  const reductions = sumOf(others.map((name) => order.at(name)));
  const goods = order.at("subtotal").amount()?.plus(reductions);
  // Magento rounds each item and the sum separately.
  return goods && { amounts: [goods], path: "subtotal", slack: Math.ceil(lines / 2) };
}
