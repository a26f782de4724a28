import type { MapperResult } from "@avantlink-s2s/core";
import { share, sum, ZERO } from "./money/decimal.ts";
import type { SoldLine, StatedTotal } from "./money/order-money.ts";
import { countryAndState } from "./reading/address.ts";
import type { Findings } from "./reading/findings.ts";
import { JsonField } from "./reading/json-field.ts";
import { type MapOptions, mapOrder, type Platform } from "./reading/map-order.ts";

export type { MapperResult } from "@avantlink-s2s/core";
export type { MapOptions } from "./reading/map-order.ts";

/** BigCommerce keeps an order's lines and coupons behind calls of their own. */
export interface BigCommerceOptions extends MapOptions {
  /** The answer of `GET /v2/orders/<id>/products`, all its pages (50 lines each). @default the order's `products` */
  readonly products?: unknown;
  /** The answer of `GET /v2/orders/<id>/coupons`. @default the order's `coupons`, and the lines' own discounts */
  readonly coupons?: unknown;
}

/**
 * Maps an order of BigCommerce's API v2. Its webhook holds the order's ID and nothing else, and the order holds links
 * instead of lines: three calls make an order.
 *
 * - Number: `id`.
 * - Currency: `default_currency_code`, which the shopper pays in; `currency_code` is only shown to them.
 * - Money: `total_ex_tax` of each product less its `applied_discounts`, which hold the order's discounts too. Where
 *   prices include tax (`is_tax_inclusive_pricing`) so do the discounts: their tax is taken out of them.
 *   `discounted_total_inc_tax` is never read. Gift certificates are no goods: left out.
 * - Coupons: `[].code` of the coupons call. State: `billing_address.state`, a full name.
 * - Paid: `payment_status` captured or paid; without one, a `status_id` that follows payment.
 *
 * @example
 * ```ts
 * app.post("/webhooks/bigcommerce", express.json(), async (req, res) => {
 *   if (req.get("x-webhook-secret") !== secret) return res.sendStatus(401); // a header that you gave the webhook
 *   const path = `/v2/orders/${req.body.data.id}`;
 *   const [order, products, coupons] = await Promise.all(["", "/products", "/coupons"].map((p) => api.get(path + p)));
 *   const newCustomer = await isFirstOrder(order.customer_id);
 *   const mapped = bigCommerceOrder(order, { products, coupons, newCustomer });
 *   const receipt = await trackOrder(tracker, mapped, undefined, { waitForDeliveryMs: 5000 });
 *   const waiting = receipt.status === "accepted" || (receipt.status === "duplicate" && receipt.state === "pending");
 *   res.sendStatus(waiting && !durableOutbox ? 503 : 200); // in memory, only BigCommerce's retry outlives a crash
 * });
 * ```
 */
export function bigCommerceOrder(order: unknown, options: BigCommerceOptions = {}): MapperResult {
  return mapOrder(order, options, bigCommerce);
}

const PAID = ["captured", "paid", "partially refunded"];
// Shipped, partially shipped, awaiting pickup, awaiting shipment, completed, awaiting fulfilment.
const AFTER_PAYMENT = ["2", "3", "8", "9", "10", "11"];
// Cancelled, declined: the payment's own status may still say that it was captured.
const OVER = ["5", "6"];
const LINES_A_PAGE = 50;
const NOT_GOODS = ["shipping_cost_ex_tax", "handling_cost_ex_tax", "wrapping_cost_ex_tax"] as const;

const bigCommerce: Platform<BigCommerceOptions> = {
  open: (document) => document,

  number: (order) => order.at("id", "data.id").text(),

  unsent: (order, findings) => {
    const [payment, status] = [order.at("payment_status"), order.at("status_id")];
    if (payment.missing && status.missing) {
      findings.issue(
        status.path,
        "is missing; a webhook holds the order's ID only: get the order, products and coupons",
      );
      return undefined;
    }
    if (OVER.includes(status.text() ?? "") || order.at("is_deleted").flag()) {
      return { status: "unpaid", path: status.path, message: "is cancelled, declined or deleted" };
    }
    const word = payment.word();
    if (word === undefined ? AFTER_PAYMENT.includes(status.text() ?? "") : PAID.includes(word))
      return undefined;
    return word === undefined
      ? { status: "unpaid", path: status.path, message: "is no status that follows payment" }
      : { status: "unpaid", path: payment.path, message: "is neither captured nor paid" };
  },

  read: (order, findings, options) => {
    const products = given(options.products, "products", order, findings);
    const all = products.list();
    if (!all)
      findings.issue(
        products.path,
        "are not there: call GET /v2/orders/<id>/products and give the answer as products",
      );
    sayMissingPage(all ?? [], order, findings);
    const goods = (all ?? []).filter((line) => line.at("type").word() !== "giftcertificate");
    const certificates = (all ?? []).filter((line) => !goods.includes(line));
    const taxIncluded = order.at("is_tax_inclusive_pricing").flag() ?? false;
    const customerId = order.at("customer_id").text();
    return {
      currency: order.at("default_currency_code", "currency_code"),
      lines: goods.map((line) => soldLine(line, taxIncluded, findings)),
      stated: statedTotal(order, certificates, goods.length),
      couponCodes: couponCodes(given(options.coupons, "coupons", order, findings), goods, findings),
      ...countryAndState([order.at("billing_address")], ["country_iso2", "country"], ["state"]),
      // 0 is a guest.
      customerId: customerId === "0" ? undefined : customerId,
    };
  },
};

function given(option: unknown, name: string, order: JsonField, findings: Findings): JsonField {
  return option === undefined ? order.at(name) : new JsonField(option, name, findings);
}

function soldLine(line: JsonField, taxIncluded: boolean, findings: Findings): SoldLine {
  const net = line.at("total_ex_tax").owed();
  const applied = line.at("applied_discounts");
  const discounts = applied.list();
  if (!discounts) findings.issue(applied.path, "is missing; it says which discounts came off the price");
  const discount = sum((discounts ?? []).map((entry) => entry.at("amount").owed()));
  const gross = taxIncluded ? line.at("total_inc_tax").owed() : net;
  return {
    path: line.path,
    sku: line.at("sku").text(),
    total: net.minus(share(discount, net, gross)),
    quantity: line.at("quantity").owed("is missing"),
  };
}

function sayMissingPage(lines: readonly JsonField[], order: JsonField, findings: Findings): void {
  const items = order.at("items_total").amount() ?? ZERO;
  const counted = sum(lines.map((line) => line.at("quantity").amount() ?? ZERO));
  if (lines.length > 0 && lines.length % LINES_A_PAGE === 0 && counted.lt(items)) {
    const message = `hold ${counted.toString()} of ${items.toString()} items: get the next page of products too`;
    findings.issue("products", message);
  }
}

/** What the order says the goods cost: its total less shipping, handling, wrapping and gift certificates. */
function statedTotal(
  order: JsonField,
  certificates: readonly JsonField[],
  lines: number,
): StatedTotal | undefined {
  const figure = order.at("total_ex_tax").amount();
  if (!figure) return undefined;
  const rest = [
    ...NOT_GOODS.map((name) => order.at(name).amount() ?? ZERO),
    ...certificates.map((line) => line.at("total_ex_tax").amount() ?? ZERO),
  ];
  // Four decimals within, two without, and estimated where prices include tax.
  return { amounts: [figure.minus(sum(rest))], path: "total_ex_tax", slack: Math.ceil((lines + 4) / 2) };
}

function couponCodes(
  coupons: JsonField,
  lines: readonly JsonField[],
  findings: Findings,
): readonly (string | undefined)[] {
  const applied = coupons.list();
  if (!applied) {
    const message =
      "are not there; a code that only lowers the shipping is missing: call GET /v2/orders/<id>/coupons";
    findings.add("mapper.incomplete", coupons.path, message);
  }
  const onLines = lines.flatMap((line) => line.at("applied_discounts").list() ?? []);
  return [...(applied ?? []), ...onLines].map((coupon) => coupon.at("code").text());
}
