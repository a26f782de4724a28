import { v1Order } from "./platforms/medusa/v1-order.ts";
import { v2Order } from "./platforms/medusa/v2-order.ts";
import { type Mapper, mapperFor } from "./reading/map-order.ts";

export type { MapOptions, MapperResult } from "./reading/map-options.ts";

/**
 * Maps an order of Medusa v2: an answer of its Store or Admin API, or what `query.graph` gives inside it. An order of
 * Medusa v1 is recognized and mapped too; its amounts are in minor units.
 *
 * - Number: `custom_display_id`, which the shopper sees where the shop sets it, else `display_id`.
 * - Money: `subtotal − discount_subtotal` of each item. The order's own `subtotal` holds shipping and no discounts,
 *   its `discount_total` holds the discounts on shipping and tax: neither is read.
 * - Gift cards are left out. Items that came back are left out where Medusa's totals leave their money out.
 * - Coupons: the `code` of the `adjustments` on items and shipping methods; not those of automatic promotions, where
 *   `promotions` is asked for. SKU: `variant_sku`, else `variant_id`. State: `province`.
 * - Paid: `payment_status` captured or partially_refunded, else every one of `payment_collections` completed. With a
 *   provider that captures later, the order is paid once it is captured. An order whose `total` is 0 has no payment and no
 *   `payment.captured`: it is paid when it is placed.
 * - Context: what `packContext` wrote into the cart's `metadata`, which Medusa copies to the order.
 *
 * @example
 * ```ts
 * // src/subscribers/order-paid.ts: events inside Medusa; throwing lets the event bus try again.
 * export default async function ({ event, container }: SubscriberArgs<{ id: string }>) {
 *   const query = container.resolve("query");
 *   let { id } = event.data;
 *   if (event.name === "payment.captured") {
 *     const { data: [payment] } = await query.graph({ entity: "payment", filters: { id },
 *       fields: ["payment_collection.order.id"] });
 *     id = payment.payment_collection.order.id;
 *   }
 *   const { data: [order] } = await query.graph({ entity: "order", filters: { id },
 *     fields: ["*", "total", "item_total", "item_tax_total", "items.*", "items.adjustments.*", "promotions.*",
 *       "shipping_methods.adjustments.*", "billing_address.*", "shipping_address.*", "payment_collections.*"] });
 *   const mapped = medusaOrder(order, { newCustomer: await isFirstOrder(order.customer_id) });
 *   const receipt = await tracker.trackOrder(mapped);
 *   if (receipt.shouldRetry) throw new Error("not stored");
 * }
 * export const config = { event: ["payment.captured", "order.placed"] };
 * ```
 */
export const medusaOrder: Mapper = mapperFor({
  envelopes: ["order"],

  recognize: (order) => {
    const items = order.at("items");
    if (items.missing) items.issue("is missing; an order with its items is expected");
    if (order.at("display_id", "payment_status", "payment_collections", "status").missing) {
      order.at("display_id").issue("is missing; an order is expected, not a cart");
    }
    if (ONLY_IN_V2.some((name) => order.has(name))) return v2Order;
    const ofV1 = ONLY_IN_V1.some((name) => order.has(name)) || items.at("0").has("allow_discounts");
    return ofV1 ? v1Order : v2Order;
  },
});

/** Fields that only the orders of one version have. */
const ONLY_IN_V1 = ["discounts", "gift_cards", "tax_rate", "swaps", "claims"];
const ONLY_IN_V2 = ["version", "item_total", "payment_collections"];
