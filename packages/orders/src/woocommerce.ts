import { restOrder } from "./platforms/woocommerce/rest-order.ts";
import { storeApiOrder } from "./platforms/woocommerce/store-api-order.ts";
import { type Mapper, mapperFor } from "./reading/map-order.ts";

export type { MapOptions, MapperResult } from "./reading/map-options.ts";

/**
 * Maps an order of WooCommerce's REST API v3 (`GET /wp-json/wc/v3/orders/<id>`, and the body of its webhooks), or of the
 * Store API (`GET /wp-json/wc/store/v1/order/<id>`), which headless shops use.
 *
 * - Number: `number`, else `id`. The Store API has the `id` only: if a plugin numbers your orders, give `orderNumber`.
 * - Money: `total` of each line (`totals.line_total` in the Store API, in minor units), which is after coupons and before
 *   tax whether or not the shop's prices include tax. A line's `price` is rounded, its `subtotal` before coupons: neither
 *   is read. Fees are left out; a negative fee is a discount on the order. Refunds are later and change nothing.
 * - Gift cards of WooCommerce Gift Cards are left out when bought, and change nothing when used to pay.
 * - Coupons: `coupon_lines[].code`. SKU: `sku`, else the variation's ID, else the product's.
 * - Paid: `status` processing or completed, or a `date_paid`, which orders with a status of the shop's own have.
 * - Context: WooCommerce's order attribution (landing page, referrer, browser), `customer_ip_address`,
 *   `customer_user_agent`, and what `packContext` wrote into `meta_data`, which wins. Beside it, or where the user agent is no
 *   browser's, address and browser may be those of a storefront's server: they are not sent.
 *
 * WooCommerce does not repeat a failed delivery, and switches a webhook off after five: answer it 200, and have a
 * durable outbox.
 *
 * @example
 * ```ts
 * app.post("/webhooks/woocommerce", express.raw({ type: "application/json" }), async (req, res) => {
 *   const signature = createHmac("sha256", secret).update(req.body).digest();
 *   const given = Buffer.from(req.get("x-wc-webhook-signature") ?? "", "base64");
 *   if (given.length !== signature.length || !timingSafeEqual(given, signature)) return res.sendStatus(401);
 *   if (!req.get("x-wc-webhook-topic")) return res.sendStatus(200); // the ping when it is saved
 *   const order = JSON.parse(req.body.toString());
 *   const mapped = wooCommerceOrder(order, { newCustomer: await isFirstOrder(order.customer_id) });
 *   const receipt = await tracker.trackOrder(mapped);
 *   if (receipt.status === "rejected") log.warn(receipt.error.issues);
 *   res.sendStatus(200);
 * });
 * ```
 */
export const wooCommerceOrder: Mapper = mapperFor({
  recognize: (order) => {
    if (order.has("billing_period")) {
      order.at("billing_period").issue("is a field of a subscription; map the subscription's orders");
    }
    const ofStoreApi = order.has("totals") && order.has("items");
    const lines = order.at("line_items");
    if (!ofStoreApi && lines.missing) {
      lines.issue("is missing; an order of the REST API v3 or of the Store API is expected");
    }
    return ofStoreApi ? storeApiOrder : restOrder;
  },
});
