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
 * Maps a Saleor order: of its GraphQL API, of a webhook with a subscription query, or of a webhook without one (an
 * array with the order in it).
 *
 * - Number: `number`.
 * - Money: `subtotal.net`, and `totalPrice.net` of each line, which holds its part of the order's discounts.
 *   `undiscounted…` amounts are never read. Gift cards are no goods: left out, where the query asks for
 *   `variant { product { productType { kind } } }`.
 * - Coupons: `voucherCode`. SKU: `productSku`. State: `countryArea`.
 * - New customer: from `user { orders(first: 1) { totalCount } }`, where the query asks for it.
 * - Paid: `isPaid`, else `chargeStatus`; in a webhook without a query, its fully charged `payments`.
 * - Context: what `packContext` wrote into the checkout's `metadata`, which Saleor copies to the order.
 *
 * @example
 * ```ts
 * // The subscription: subscription { event { ... on OrderFullyPaid { order { number isPaid subtotal { net { amount
 * // currency } } lines { productSku quantity totalPrice { net { amount } } } voucherCode billingAddress { country {
 * // code } countryArea } user { id orders(first: 1) { totalCount } } metadata { key value } } } } }
 * app.post("/webhooks/saleor", express.text({ type: "application/json" }), async (req, res) => {
 *   const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", saleorUrl));
 *   const [header, , signature] = (req.get("saleor-signature") ?? "").split(".");
 *   await flattenedVerify({ protected: header, payload: req.body, signature: signature ?? "" }, keys);
 *   const receipt = await trackOrder(tracker, saleorOrder(JSON.parse(req.body)), undefined, { waitForDeliveryMs: 5000 });
 *   const waiting = receipt.status === "accepted" || (receipt.status === "duplicate" && receipt.state === "pending");
 *   res.sendStatus(waiting && !durableOutbox ? 503 : 200); // in memory, only Saleor's retry outlives a crash
 * });
 * ```
 */
export function saleorOrder(order: unknown, options: MapOptions = {}): MapperResult {
  return mapOrder(order, options, saleor);
}

const NO_ORDER = ["draft", "canceled", "expired"];

const saleor: Platform<MapOptions> = {
  open: (document) => {
    const [first] = document.list() ?? [];
    const order = document.at("order", "event.order", "data.event.order", "data.order");
    return first ?? (order.missing ? document : order);
  },

  number: (order) => order.at("number").text(),

  unsent: (order, findings) => {
    const status = order.at("status");
    if (NO_ORDER.includes(status.word() ?? "")) {
      return { status: "unpaid", path: status.path, message: "is draft, canceled or expired" };
    }
    const paid = isPaid(order);
    const { path } = order.at("isPaid");
    if (paid === undefined) findings.issue(path, "is missing; ask for isPaid");
    return paid === false
      ? { status: "unpaid", path, message: "is false, or the payments are not fully charged" }
      : undefined;
  },

  read: (order, findings) => {
    const items = order.at("lines");
    const all = items.list();
    if (!all) findings.issue(items.path, "is missing; without its lines the money cannot be known");
    const sold = (all ?? []).map((line) => ({ line, sold: soldLine(line) }));
    const goods = sold.filter(({ line }) => !isGiftCard(line)).map((entry) => entry.sold);
    const giftCards = sold.filter(({ line }) => isGiftCard(line)).map((entry) => entry.sold);
    return {
      currency: order.at(
        "subtotal.net.currency",
        "total.net.currency",
        "currency",
        "channel.currency_code",
        "channel.currencyCode",
      ),
      lines: goods,
      stated: statedTotal(order, giftCards),
      couponCodes: [order.at("voucherCode", "voucher.code").text(), ...voucherCodes(all ?? [])],
      ...countryAndState(
        [order.at("billingAddress", "billing_address"), order.at("shippingAddress", "shipping_address")],
        ["country.code", "country"],
        ["countryArea", "country_area"],
      ),
      customerId: order.at("user.id").text(),
      newCustomer: isFirstOrder(order),
      context: packedContext(order.at("metadata"), order.at("privateMetadata", "private_metadata")),
    };
  },
};

function isPaid(order: JsonField): boolean | undefined {
  const paid = order.at("isPaid", "is_paid").flag();
  if (paid !== undefined) return paid;
  const charge = order.at("chargeStatus", "charge_status").word();
  if (charge !== undefined) return charge === "full" || charge === "overcharged";
  const payments = order.at("payments").list();
  return payments?.some(
    (payment) => payment.at("charge_status", "chargeStatus").word()?.replace("_", "-") === "fully-charged",
  );
}

function soldLine(line: JsonField): SoldLine {
  const quantity = line.at("quantity").owed("is missing");
  const whole = line.at("totalPrice.net.amount", "total_price_net_amount");
  const unit = line.at("unitPrice.net.amount", "unit_price_net_amount");
  return {
    path: line.path,
    sku: line.at("productSku", "product_sku", "variant.sku").text(),
    // A unit price is rounded: the line's total is not.
    total: whole.missing && !unit.missing ? unit.owed().times(quantity) : whole.owed(),
    quantity,
  };
}

function isGiftCard(line: JsonField): boolean {
  return line.at("variant.product.productType.kind").word() === "gift_card";
}

function voucherCodes(lines: readonly JsonField[]): readonly (string | undefined)[] {
  return lines.map((line) => line.at("voucherCode", "voucher_code").text());
}

function statedTotal(order: JsonField, giftCards: readonly SoldLine[]): StatedTotal | undefined {
  const subtotal = order.at("subtotal.net.amount");
  const figure = subtotal.amount();
  if (!figure) return undefined;
  const goods = figure.minus(sum(giftCards.map((card) => card.total)));
  return { amounts: [goods.lt(0) ? ZERO : goods], path: subtotal.path, wins: true };
}

/** This order is among the shopper's orders; none at all means that the query may not see them. */
function isFirstOrder(order: JsonField): boolean | undefined {
  const orders = order.at("user.orders.totalCount").amount();
  return orders?.gt(0) ? orders.eq(1) : undefined;
}
