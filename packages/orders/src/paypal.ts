import { ENVELOPES, purchaseUnit } from "./platforms/paypal/purchase-unit.ts";
import { buyersPlace } from "./reading/address.ts";
import type { JsonField } from "./reading/json-field.ts";
import { type Mapper, mapperFor } from "./reading/map-order.ts";
import { uncertainNumber } from "./reading/order-number.ts";
import { type OrderShape, type PlatformLine, testOrder, unpaidWhen } from "./reading/platform-order.ts";

export type { MapOptions, MapperResult } from "./reading/map-options.ts";

/**
 * Maps a PayPal order of the Orders API v2 with one purchase unit, or the webhook that holds one
 * (`CHECKOUT.ORDER.COMPLETED`). A capture holds no items: get its order first.
 *
 * - Number: `purchase_units[0].invoice_id`. Without it, its `custom_id`, with a finding: many shops keep the customer's ID
 *   there, and then a second order counts as a repeat of the first. Else the order's `id`.
 * - Money: `breakdown.item_total − breakdown.discount`; `unit_amount` of each item, over which the discount is spread.
 *   `amount.value`, which holds shipping and tax, is only compared with the items. PayPal knows no coupons: the shop
 *   adds them to the result's `order.couponCodes`.
 * - SKU: `items[].sku`. Country and state: `shipping.address`, else the payment's billing address.
 * - Paid: `status` COMPLETED, with a capture that is completed. An authorization is paid once it is captured. Orders of
 *   PayPal's sandbox are a test.
 *
 * @example
 * ```ts
 * app.post("/webhooks/paypal", express.json(), async (req, res) => {
 *   if (!(await verifyWebhookSignature(req.headers, req.body))) return res.sendStatus(401); // PayPal's own call
 *   if (req.body.event_type !== "PAYMENT.CAPTURE.COMPLETED") return res.sendStatus(200);
 *   const { order_id: id } = req.body.resource.supplementary_data.related_ids;
 *   const { result: order } = await ordersController.getOrder({ id }); // PayPal's server SDK, raw JSON
 *   const mapped = payPalOrder(order, { newCustomer: await isFirstOrder(id) });
 *   const receipt = await tracker.trackOrder(mapped, contextOfOrder(id));
 *   res.sendStatus(receipt.shouldRetry ? 503 : 200);
 * });
 * ```
 */
export const payPalOrder: Mapper = mapperFor({
  envelopes: ENVELOPES,

  test: (order) => {
    const links = order.at("links").each("href");
    const sandbox = links.find((link) => SANDBOX.test(link.text() ?? ""));
    return sandbox && testOrder(sandbox, "leads to PayPal's sandbox");
  },

  recognize: (order) => {
    const units = order.at("purchase_units", "purchaseUnits");
    if (purchaseUnit(order).missing) {
      units.issue(
        "is missing; an order of the Orders API v2 is expected: a capture or sale holds no items, get its order",
      );
    } else if ((units.list()?.length ?? 0) > 1) {
      units.issue("holds several units, each an order of its own: give each with its unit only");
    }
    return anOrder;
  },
});

const SANDBOX = /^https:\/\/api(?:-m)?\.sandbox\.paypal\.com\//;
/** Where the goods go, else where the ways to pay keep the payer's billing address. */
const ADDRESSES = [
  "purchase_units.0.shipping.address",
  "payment_source.card.billing_address",
  "payment_source.paypal.address",
  "payment_source.venmo.address",
  "payment_source.apple_pay.card.billing_address",
  "payment_source.google_pay.card.billing_address",
  "payer.address",
].flatMap((route) => [route, camelCase(route)]);

const anOrder: OrderShape = {
  number: (order) => {
    const unit = purchaseUnit(order);
    const own = unit.at("invoice_id", "invoiceId").text();
    const custom = unit.at("custom_id", "customId");
    return own ?? uncertainNumber(custom, "invoice_id") ?? order.at("id").text();
  },

  unsent: (order) => unpaidWhen(order.at("status"), ["voided"]),

  payment: (order) => {
    const [status, intent] = [order.at("status"), order.at("intent")];
    if (status.word() !== "completed") {
      return { field: status, paid: status.missing ? undefined : false, expected: "COMPLETED" };
    }
    const captures = purchaseUnit(order).at("payments.captures");
    if (!captures.list())
      return { field: intent, paid: intent.word() !== "authorize", expected: "captured yet" };
    const states = captures.each("status").map((state) => state.word());
    const paid = states.some((state) => state === "completed" || state === "partially_refunded");
    return { field: captures, paid, expected: "COMPLETED" };
  },

  read: (order) => {
    const unit = purchaseUnit(order);
    const lines = unit.at("items").entries().map(soldLine);
    return {
      currency: unit.at("amount.currency_code", "amount.currencyCode"),
      lines,
      ...discountAndTotal(unit, lines),
      ...buyersPlace(order, ADDRESSES, ["country_code", "countryCode"], ["admin_area_1", "adminArea1"]),
    };
  },
};

/** PayPal's server SDK names the fields in camel case. */
function camelCase(route: string): string {
  return route.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

function soldLine(item: JsonField): PlatformLine {
  const quantity = item.at("quantity").needed("is missing");
  const unit = item.at("unit_amount.value", "unitAmount.value").needed();
  return { source: item, sku: item.at("sku"), total: unit.times(quantity), quantity };
}

function discountAndTotal(unit: JsonField, lines: readonly PlatformLine[]) {
  const amount = unit.at("amount");
  const items = amount.at("breakdown.item_total.value", "breakdown.itemTotal.value");
  const discount = amount.at("breakdown.discount.value").orZero();
  const itemTotal = items.amount();
  if (itemTotal) {
    const stated = { amounts: [itemTotal.minus(discount)], path: items.path, wins: true };
    return lines.length > 0 ? { discount, stated } : { stated };
  }
  if (lines.length === 0) {
    items.issue(
      "is missing, and so are the items: the amount may hold shipping and tax. Get the order's details",
    );
    return {};
  }
  const total = amount.at("value");
  const paid = total.amount();
  return { discount, stated: paid && { amounts: [paid], path: total.path } };
}
