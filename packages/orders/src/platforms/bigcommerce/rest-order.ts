import { share, sum } from "../../money/decimal.ts";
import { buyersPlace } from "../../reading/address.ts";
import { type JsonField, sumOf } from "../../reading/json-field.ts";
import type { MapOptions, PlatformObject } from "../../reading/map-options.ts";
import { packedContext } from "../../reading/packed-context.ts";
import { type OrderShape, type PlatformLine, unpaid } from "../../reading/platform-order.ts";

const PAID = ["captured", "paid", "partially refunded"];
// Shipped, partially shipped, awaiting pickup, awaiting shipment, completed, awaiting fulfillment.
const AFTER_PAYMENT = ["2", "3", "8", "9", "10", "11"];
// Incomplete (the shopper left the payment page), refunded, cancelled, declined. The payment may still say captured.
const CLOSED = ["0", "4", "5", "6"];
const LINES_A_PAGE = 50;
const NOT_GOODS = ["shipping_cost_ex_tax", "handling_cost_ex_tax", "wrapping_cost_ex_tax"] as const;

/** BigCommerce keeps an order's lines and coupons behind calls of their own. */
export interface BigCommerceOptions<Line = PlatformObject, Order = PlatformObject>
  extends MapOptions<Line, Order> {
  /** The answer of `GET /v2/orders/<id>/products`, all its pages (50 lines each, with `?limit=250` as many). @default the order's `products` */
  readonly products?: unknown;
  /** The answer of `GET /v2/orders/<id>/coupons`. @default the order's `coupons`, and the lines' own discounts */
  readonly coupons?: unknown;
  /** The answer of `GET /v3/carts/<cart_id>/metafields`, where the shop packed the context. @default the order's `metafields` */
  readonly metafields?: unknown;
}

/** An order of the API v2. */
export const restOrder: OrderShape<BigCommerceOptions<never, never>> = {
  number: (order) => order.at("id", "data.id").text(),

  unsent: (order) => {
    const [status, deleted] = [order.at("status_id"), order.at("is_deleted")];
    if (deleted.flag()) return unpaid(deleted, "is true");
    return CLOSED.includes(status.text() ?? "")
      ? unpaid(status, "is that of an incomplete, refunded, cancelled or declined order")
      : undefined;
  },

  payment: (order) => {
    const [payment, status] = [order.at("payment_status"), order.at("status_id")];
    const followsPayment = AFTER_PAYMENT.includes(status.text() ?? "");
    // Nobody changes the payment's status of an offline payment: the order's status says that it arrived.
    const [word, open] = [payment.word(), [undefined, "pending"].includes(payment.word())];
    const paid = PAID.includes(word ?? "") || (open && followsPayment);
    return open && !status.missing
      ? { field: status, paid, expected: "a status that follows payment" }
      : { field: payment, paid: payment.missing ? undefined : paid, expected: "captured or paid" };
  },

  read: (order, options) => {
    const products = given(options.products, "products", order);
    const lines = products.neededList(
      "are not there: call GET /v2/orders/<id>/products and give the answer as products",
    );
    reportMissingPage(lines, order);
    const taxIncluded = order.at("is_tax_inclusive_pricing").flag() ?? false;
    // Without coupons, BigCommerce answers 204 and no body.
    const coupons = given(
      options.coupons === "" || options.coupons === null ? [] : options.coupons,
      "coupons",
      order,
    );
    return {
      // The shopper pays in the default currency; `currency_code` is only shown.
      currency: order.at("default_currency_code", "currency_code"),
      lines: lines.map((line) => soldLine(line, taxIncluded)),
      stated: statedTotal(order, lines.length),
      couponCodes: couponCodes(coupons, lines),
      ...buyersPlace(order, ["billing_address"], ["country_iso2", "country"], ["state"]),
      customerId: order.at("customer_id").id(),
      // The order's `ip_address` may be that of staff, or of a storefront's server.
      context: packedContext(given(options.metafields, "metafields", order)),
    };
  },
};

function given(option: unknown, name: string, order: JsonField): JsonField {
  return option === undefined ? order.at(name) : order.beside(option, name);
}

/** A line of the order. */
export function soldLine(line: JsonField, taxIncluded: boolean): PlatformLine {
  const net = line.at("total_ex_tax").needed();
  const discounts = line
    .at("applied_discounts")
    .neededList("is missing; it says which discounts came off the price");
  const discount = sum(discounts.map((entry) => entry.at("amount").needed()));
  // Where prices include tax, so do discounts.
  const gross = taxIncluded ? line.at("total_inc_tax").needed() : net;
  return {
    source: line,
    sku: line.at("sku"),
    variantId: line.at("variant_id").id() === undefined ? line.at("product_id") : line.at("variant_id"),
    total: net.minus(share(discount, net, gross)),
    quantity: line.at("quantity").needed("is missing"),
    notGoods: line.at("type").word() === "giftcertificate",
  };
}

function reportMissingPage(lines: readonly JsonField[], order: JsonField): void {
  const items = order.at("items_total").orZero();
  const counted = sumOf(lines.map((line) => line.at("quantity")));
  if (lines.length > 0 && lines.length % LINES_A_PAGE === 0 && counted.lt(items)) {
    const held = `${counted.toString()} of ${items.toString()} items`;
    order.at("products").issue(`hold ${held}: get the next page too, by /products?limit=250&page=2`);
  }
}

/** The order's total less shipping, handling and wrapping. */
function statedTotal(order: JsonField, lines: number) {
  const total = order.at("total_ex_tax").amount();
  const goods = total?.minus(sumOf(NOT_GOODS.map((name) => order.at(name))));
  // Lines have four decimals, the total two; and it is estimated where prices include tax.
  return goods && { amounts: [goods], path: "total_ex_tax", slack: Math.ceil((lines + 4) / 2) };
}

function couponCodes(coupons: JsonField, lines: readonly JsonField[]): readonly JsonField[] {
  if (!coupons.list()) {
    coupons.incomplete(
      "are not there; a code that only lowers the shipping is missing: call GET /v2/orders/<id>/coupons",
    );
  }
  return [...coupons.each("code"), ...lines.flatMap((line) => line.at("applied_discounts").each("code"))];
}
