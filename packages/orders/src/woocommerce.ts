import type { MapperResult } from "@avantlink-s2s/core";
import { sum, ZERO } from "./money/decimal.ts";
import type { SoldLine, StatedTotal } from "./money/order-money.ts";
import { countryAndState } from "./reading/address.ts";
import type { JsonField } from "./reading/json-field.ts";
import { type MapOptions, mapOrder, type Platform } from "./reading/map-order.ts";
import { packedContext } from "./reading/packed-context.ts";

export type { MapperResult } from "@avantlink-s2s/core";
export type { MapOptions } from "./reading/map-order.ts";

/**
 * Maps an order of WooCommerce's REST API v3 (`GET /wp-json/wc/v3/orders/<id>`, and the body of its webhooks).
 *
 * - Number: `number`, else `id`.
 * - Money: `total` of each line, which is after coupons and before tax whether or not the shop's prices include it.
 *   A line's `price` is rounded, its `subtotal` before coupons: neither is read. Fees are no goods; a negative fee
 *   is a discount on the order. Refunds are later and change nothing.
 * - Coupons: `coupon_lines[].code`. SKU: `sku`, else the variation's ID, else the product's.
 * - Context: `customer_ip_address`, `customer_user_agent`, and what `packContext` wrote into `meta_data`.
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
 *   const receipt = await trackOrder(tracker, mapped);
 *   if (receipt.status === "rejected") log.warn(receipt.error.issues);
 *   res.sendStatus(200);
 * });
 * ```
 */
export function wooCommerceOrder(order: unknown, options: MapOptions = {}): MapperResult {
  return mapOrder(order, options, wooCommerce);
}

const wooCommerce: Platform<MapOptions> = {
  open: (document) => document,

  number: (order) => order.at("number", "id").text(),

  unsent: (order, findings) => {
    const status = order.at("status");
    if (status.missing) findings.issue(status.path, "is missing; an order of the REST API v3 is expected");
    else if (!["processing", "completed"].includes(status.word() ?? "")) {
      return { status: "unpaid", path: status.path, message: "is neither processing nor completed" };
    }
    return undefined;
  },

  read: (order, findings) => {
    const items = order.at("line_items");
    const lines = items.list();
    if (!lines) findings.issue(items.path, "is missing; without its lines the money cannot be known");
    const fees = order.at("fee_lines").list() ?? [];
    const customerId = order.at("customer_id").text();
    return {
      currency: order.at("currency"),
      lines: [...(lines ?? []).map(soldLine), ...negativeFees(fees)],
      stated: statedTotal(order, fees, lines?.length ?? 0),
      couponCodes: order
        .at("coupon_lines")
        .list()
        ?.map((coupon) => coupon.at("code").text()),
      ...countryAndState([order.at("billing"), order.at("shipping")], ["country"], ["state"]),
      // 0 is a guest.
      customerId: customerId === "0" ? undefined : customerId,
      context: {
        ipAddress: order.at("customer_ip_address").text(),
        userAgent: order.at("customer_user_agent").text(),
        ...packedContext(order.at("meta_data")),
      },
    };
  },
};

function soldLine(line: JsonField): SoldLine {
  const ids = [line.at("variation_id").text(), line.at("product_id").text()];
  return {
    path: line.path,
    sku: line.at("sku").text() ?? ids.find((id) => id !== undefined && id !== "0"),
    total: line.at("total").owed(),
    quantity: line.at("quantity").owed("is missing"),
  };
}

function negativeFees(fees: readonly JsonField[]): readonly SoldLine[] {
  return fees
    .map((fee) => ({ path: fee.path, total: feeTotal(fee), quantity: ZERO.plus(1) }))
    .filter((fee) => fee.total.lt(0));
}

function feeTotal(fee: JsonField) {
  return fee.at("total").amount() ?? ZERO;
}

/** What the order says the goods cost: its total less taxes, shipping and the fees that were charged. */
function statedTotal(order: JsonField, fees: readonly JsonField[], lines: number): StatedTotal | undefined {
  const paid = order.at("total").amount();
  const tax = order.at("total_tax").amount();
  const shipping = order.at("shipping_total").amount();
  if (!paid || !tax || !shipping) return undefined;
  const charged = sum(fees.map(feeTotal).filter((fee) => fee.gt(0)));
  // Each of these figures was rounded by itself.
  const slack = Math.ceil((lines + fees.length + 3) / 2);
  return { amounts: [paid.minus(tax).minus(shipping).minus(charged)], path: "total", slack };
}
