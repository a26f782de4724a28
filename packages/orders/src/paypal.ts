import type { MapperResult } from "@avantlink-s2s/core";
import { type Decimal, ZERO } from "./money/decimal.ts";
import type { SoldLine, StatedTotal } from "./money/order-money.ts";
import { countryAndState } from "./reading/address.ts";
import type { Findings } from "./reading/findings.ts";
import type { JsonField } from "./reading/json-field.ts";
import { type MapOptions, mapOrder, type Platform } from "./reading/map-order.ts";

export type { MapperResult } from "@avantlink-s2s/core";
export type { MapOptions } from "./reading/map-order.ts";

/**
 * Maps a PayPal order of the Orders API v2 with one purchase unit, or the webhook that holds one
 * (`CHECKOUT.ORDER.COMPLETED`). A capture holds no items: get its order first.
 *
 * - Number: `purchase_units[0].invoice_id`, else its `custom_id`, else the order's `id`.
 * - Money: `breakdown.item_total − breakdown.discount`; `unit_amount` of each item, over which the discount is spread.
 *   `amount.value`, which holds shipping and tax, is read only to be held against. PayPal knows no coupons: the shop
 *   adds them to the result's `order.couponCodes`.
 * - SKU: `items[].sku`. Country and state: `shipping.address`.
 * - Paid: `status` COMPLETED, with a capture that is completed. Orders of PayPal's sandbox are a test.
 *
 * @example
 * ```ts
 * app.post("/webhooks/paypal", express.json(), async (req, res) => {
 *   if (!(await verifyWebhookSignature(req.headers, req.body))) return res.sendStatus(401); // PayPal's own call
 *   if (req.body.event_type !== "PAYMENT.CAPTURE.COMPLETED") return res.sendStatus(200);
 *   const { order_id: id } = req.body.resource.supplementary_data.related_ids;
 *   const { result: order } = await ordersController.getOrder({ id }); // PayPal's server SDK, raw JSON
 *   const mapped = payPalOrder(order, { newCustomer: await isFirstOrder(id) });
 *   const receipt = await trackOrder(tracker, mapped, contextOfOrder(id), { waitForDeliveryMs: 5000 });
 *   const waiting = receipt.status === "accepted" || (receipt.status === "duplicate" && receipt.state === "pending");
 *   res.sendStatus(waiting && !durableOutbox ? 503 : 200); // in memory, only PayPal's retry outlives a crash
 * });
 * ```
 */
export function payPalOrder(order: unknown, options: MapOptions = {}): MapperResult {
  return mapOrder(order, options, payPal);
}

const SANDBOX = /^https:\/\/api(?:-m)?\.sandbox\.paypal\.com\//;

const payPal: Platform<MapOptions> = {
  open: (document) => {
    const order = document.at("resource", "result");
    return order.missing ? document : order;
  },

  number: (order) => {
    const own = purchaseUnit(order).at("invoice_id", "invoiceId", "custom_id", "customId");
    return own.text() ?? order.at("id").text();
  },

  unsent: (order, findings, { allowTest }) => {
    const links = order.at("links").list() ?? [];
    const sandbox = links.find((link) => SANDBOX.test(link.at("href").text() ?? ""));
    if (sandbox && !allowTest)
      return { status: "test", path: sandbox.path, message: "leads to PayPal's sandbox" };
    if (purchaseUnit(order).missing) {
      const message =
        "is missing; an order is expected: a capture holds no items, get its order (Orders API v2)";
      findings.issue(order.at("purchase_units").path, message);
      return undefined;
    }
    const status = order.at("status");
    if (status.word() !== "completed")
      return { status: "unpaid", path: status.path, message: "is not COMPLETED" };
    const captures = purchaseUnit(order).at("payments.captures");
    const states = captures.list()?.map((capture) => capture.at("status").word());
    const taken = states?.some((state) => state === "completed" || state === "partially_refunded");
    if (states && !taken) {
      return { status: "unpaid", path: captures.path, message: "hold none that is COMPLETED" };
    }
    if (order.at("intent").word() === "authorize" && !taken) {
      return {
        status: "unpaid",
        path: order.at("intent").path,
        message: "is AUTHORIZE: nothing was captured yet",
      };
    }
    return undefined;
  },

  read: (order, findings) => {
    const units = order.at("purchase_units", "purchaseUnits");
    const unit = purchaseUnit(order);
    if ((units.list()?.length ?? 0) > 1) {
      findings.issue(
        units.path,
        "holds several units, each an order of its own: give each with its unit only",
      );
    }
    const lines = (unit.at("items").list() ?? []).map(soldLine);
    return {
      currency: unit.at("amount.currency_code", "amount.currencyCode"),
      lines,
      ...money(unit, lines, findings),
      ...countryAndState(
        [unit.at("shipping.address"), order.at("payment_source.paypal.address"), order.at("payer.address")],
        ["country_code", "countryCode"],
        ["admin_area_1", "adminArea1"],
      ),
    };
  },
};

function purchaseUnit(order: JsonField): JsonField {
  const units = order.at("purchase_units", "purchaseUnits");
  return units.list()?.[0] ?? units.at("0");
}

function soldLine(item: JsonField): SoldLine {
  const quantity = item.at("quantity").owed("is missing");
  const unit = item.at("unit_amount.value", "unitAmount.value").owed();
  return { path: item.path, sku: item.at("sku").text(), total: unit.times(quantity), quantity };
}

function money(
  unit: JsonField,
  lines: readonly SoldLine[],
  findings: Findings,
): { discount?: Decimal; stated?: StatedTotal } {
  const amount = unit.at("amount");
  const items = amount.at("breakdown.item_total.value", "breakdown.itemTotal.value");
  const discount = amount.at("breakdown.discount.value").amount() ?? ZERO;
  const figure = items.amount();
  if (figure) {
    const stated: StatedTotal = { amounts: [figure.minus(discount)], path: items.path, wins: true };
    return lines.length > 0 ? { discount, stated } : { stated };
  }
  if (lines.length === 0) {
    const message =
      "is missing, and so are the items: the amount may hold shipping and tax. Get the order's details";
    findings.issue(items.path, message);
    return {};
  }
  const whole = amount.at("value").amount();
  return whole ? { discount, stated: { amounts: [whole], path: amount.at("value").path } } : { discount };
}
