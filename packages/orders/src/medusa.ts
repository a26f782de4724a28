import type { MapperResult } from "@avantlink-s2s/core";
import { type Decimal, sum, ZERO } from "./money/decimal.ts";
import type { SoldLine, StatedTotal } from "./money/order-money.ts";
import { countryAndState } from "./reading/address.ts";
import type { Findings } from "./reading/findings.ts";
import type { JsonField } from "./reading/json-field.ts";
import { type MapOptions, mapOrder, type Platform } from "./reading/map-order.ts";
import { packedContext } from "./reading/packed-context.ts";

export type { MapperResult } from "@avantlink-s2s/core";
export type { MapOptions } from "./reading/map-order.ts";

/**
 * Maps an order of Medusa v2: an answer of its Store or Admin API, or what `query.graph` gives inside it.
 *
 * - Number: `display_id`.
 * - Money: `subtotal − discount_subtotal` of each item. The order's own `subtotal` holds shipping and no discounts,
 *   its `discount_total` holds the discounts on shipping and tax: neither is read.
 * - Gift cards are no goods: left out. Items that came back are left out where Medusa's totals leave their money out.
 * - Coupons: the `code` of the `adjustments` on items and shipping methods; not those of automatic promotions, where
 *   `promotions` is there to tell. SKU: `variant_sku`. State: `province`.
 * - Paid: `payment_status` captured, else every one of `payment_collections` completed.
 * - Context: what `packContext` wrote into the cart's `metadata`, which Medusa copies to the order.
 *
 * @example
 * ```ts
 * // src/subscribers/payment-captured.ts: an event inside Medusa; throwing lets the event bus try again.
 * export default async function ({ event, container }: SubscriberArgs<{ id: string }>) {
 *   const query = container.resolve("query");
 *   const { data: [payment] } = await query.graph({ entity: "payment", filters: { id: event.data.id },
 *     fields: ["payment_collection.order.id"] });
 *   const { data: [order] } = await query.graph({ entity: "order", filters: { id: payment.payment_collection.order.id },
 *     fields: ["*", "total", "item_total", "item_tax_total", "items.*", "items.adjustments.*", "promotions.*",
 *       "shipping_methods.adjustments.*", "billing_address.*", "shipping_address.*", "payment_collections.status"] });
 *   const mapped = medusaOrder(order, { newCustomer: await isFirstOrder(order.customer_id) });
 *   const receipt = await tracker.trackOrder(mapped, undefined, { waitForDeliveryMs: 5000 });
 *   const waiting = receipt.status === "accepted" || (receipt.status === "duplicate" && receipt.state === "pending");
 *   if (waiting && !durableOutbox) throw new Error("not delivered yet");
 * }
 * export const config = { event: "payment.captured" };
 * ```
 */
export function medusaOrder(order: unknown, options: MapOptions = {}): MapperResult {
  return mapOrder(order, options, medusa);
}

const PAID = ["captured", "partially_refunded"];

const medusa: Platform<MapOptions> = {
  open: (document) => {
    const order = document.at("order");
    return order.missing ? document : order;
  },

  number: (order) => order.at("display_id").text(),

  unsent: (order, findings) => {
    const [status, payment] = [order.at("status"), order.at("payment_status")];
    if (["canceled", "draft"].includes(status.word() ?? "")) {
      return { status: "unpaid", path: status.path, message: "is canceled or draft" };
    }
    const collections = order.at("payment_collections");
    // A change of the total cancels a collection and makes another.
    const states = collections
      .list()
      ?.map((collection) => collection.at("status").word())
      .filter((state) => state !== "canceled");
    if (payment.missing && !states) {
      findings.issue(payment.path, "is missing; ask for payment_status, or for payment_collections.status");
      return undefined;
    }
    const paid = payment.missing
      ? states !== undefined && states.length > 0 && states.every((state) => state === "completed")
      : PAID.includes(payment.word() ?? "");
    if (paid) return undefined;
    return payment.missing
      ? { status: "unpaid", path: collections.path, message: "are not all completed" }
      : { status: "unpaid", path: payment.path, message: "is not captured" };
  },

  read: (order, findings) => {
    const items = order.at("items");
    const all = items.list();
    if (!all) findings.issue(items.path, "is missing; ask for items.*");
    const goods = (all ?? []).filter((item) => !item.at("is_giftcard").flag());
    const guest = order.at("customer.has_account").flag() === false;
    return {
      currency: order.at("currency_code"),
      lines: goods.map((item) => soldLine(item, findings)),
      stated: goods.length === all?.length ? statedTotal(order) : undefined,
      couponCodes: promotionCodes(order, all ?? []),
      ...countryAndState(
        [order.at("billing_address"), order.at("shipping_address")],
        ["country_code"],
        ["province"],
      ),
      customerId: guest ? undefined : order.at("customer_id").text(),
      context: packedContext(order.at("metadata")),
    };
  },
};

function soldLine(item: JsonField, findings: Findings): SoldLine {
  const ordered = figure(item.at("quantity")).owed("is missing");
  const net = netTotal(item, findings);
  const quantity = itemsIn(item, ordered, net);
  if (!quantity.eq(ordered)) {
    const message = `${ordered.minus(quantity).toString()} of ${ordered.toString()} items came back; they are left out`;
    findings.add("mapper.adjusted", item.path, message);
  }
  return { path: item.path, sku: item.at("variant_sku", "variant.sku").text(), total: net, quantity };
}

/**
 * How many items the money of a line is for. Medusa's totals leave out the items that came back; those of its first
 * versions do not, which the price of one item tells.
 */
function itemsIn(item: JsonField, ordered: Decimal, net: Decimal): Decimal {
  const back = sum(
    ["return_received_quantity", "return_dismissed_quantity"].map(
      (name) => figure(item.at(`detail.${name}`)).amount() ?? ZERO,
    ),
  );
  if (back.eq(0)) return ordered;
  const [left, price] = [ordered.minus(back), figure(item.at("unit_price")).amount() ?? ZERO];
  const listed = listedTotal(item, net);
  if (!listed || price.eq(0)) return left;
  const off = (items: Decimal) => price.times(items).minus(listed).abs();
  return off(ordered).lt(off(left)) ? ordered : left;
}

/** `unit_price × quantity`, as Medusa's subtotal has it: with the tax that is in the price. */
function listedTotal(item: JsonField, net: Decimal): Decimal | undefined {
  const subtotal = figure(item.at("subtotal")).amount();
  const tax = figure(item.at("tax_total")).amount() ?? ZERO;
  if (!subtotal || !item.at("is_tax_inclusive").flag() || net.eq(0)) return subtotal;
  return subtotal.times(net.plus(tax)).div(net);
}

function netTotal(item: JsonField, findings: Findings): Decimal {
  const [subtotal, discount] = [figure(item.at("subtotal")), figure(item.at("discount_subtotal"))];
  if (!discount.missing) return subtotal.owed().minus(discount.owed());
  const [sum, tax] = [figure(item.at("total")), figure(item.at("tax_total"))];
  if (sum.missing || tax.missing) {
    findings.issue(discount.path, "is missing, and so are total and tax_total; ask for the items' totals");
    return ZERO;
  }
  return sum.owed().minus(tax.owed());
}

/** Inside Medusa an amount may be one of its own big numbers, which holds the exact decimal beside the double. */
function figure(field: JsonField): JsonField {
  return typeof field.value === "object" ? field.at("raw_.value", "value", "numeric_", "numeric") : field;
}

/** What the order says the goods cost: its items' total, which is after discounts, less their tax. */
function statedTotal(order: JsonField): StatedTotal | undefined {
  const [sum, tax] = [figure(order.at("item_total")).amount(), figure(order.at("item_tax_total")).amount()];
  return sum && tax ? { amounts: [sum.minus(tax)], path: "item_total", slack: 1 } : undefined;
}

function promotionCodes(order: JsonField, items: readonly JsonField[]): readonly (string | undefined)[] {
  const promotions = order.at("promotions").list() ?? [];
  const automatic = promotions.filter((promotion) => promotion.at("is_automatic").flag());
  const unasked = new Set(automatic.map((promotion) => promotion.at("code").text()));
  const adjusted = [...items, ...(order.at("shipping_methods").list() ?? [])];
  const adjustments = adjusted.flatMap((entry) => entry.at("adjustments").list() ?? []);
  return [...adjustments, ...promotions]
    .map((entry) => entry.at("code").text())
    .filter((code) => !unasked.has(code));
}
