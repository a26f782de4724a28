import { ZERO } from "./money/decimal.ts";
import { soldLine } from "./platforms/saleor/lines.ts";
import { buyersPlace } from "./reading/address.ts";
import type { JsonField } from "./reading/json-field.ts";
import { type Mapper, mapperFor } from "./reading/map-order.ts";
import { packedContext } from "./reading/packed-context.ts";
import { isOnlyOrder, type OrderShape, paidWhen, unpaidWhen } from "./reading/platform-order.ts";

export type { MapOptions, MapperResult } from "./reading/map-options.ts";

/**
 * Maps a Saleor order: of its GraphQL API, of a webhook with a subscription query, or of a webhook without one (an
 * array with the order in it).
 *
 * - Number: `number`.
 * - Money: `subtotal.net`, and `totalPrice.net` of each line, which holds its part of the order's discounts.
 *   `undiscounted…` amounts are never read. Gift cards are left out, where the query asks for
 *   `variant { product { productType { kind } } }`.
 * - Coupons: `voucherCode`. SKU: `productSku`, else `productVariantId`. State: `countryArea`.
 * - New customer: from `user { orders(first: 1) { totalCount } }`, where the query asks for it.
 * - Paid: `isPaid`, else `paymentStatus` FULLY_CHARGED or PARTIALLY_REFUNDED, else `chargeStatus` FULL or OVERCHARGED; in a
 *   webhook without a query, its fully charged `payments`.
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
 *   const receipt = await tracker.trackOrder(saleorOrder(JSON.parse(req.body)));
 *   res.sendStatus(receipt.shouldRetry ? 503 : 200);
 * });
 * ```
 */
export const saleorOrder: Mapper = mapperFor({
  envelopes: ["0", "order", "event.order", "data.event.order", "data.order"],

  recognize: (order) => {
    const [kind, lines] = [order.at("__typename", "type"), order.at("lines")];
    if (["Checkout", "DraftOrder", "Invoice"].includes(kind.text() ?? "") || order.has("checkoutLines")) {
      kind.issue(`${kind.described()}; an Order is expected`);
    }
    if (lines.missing) lines.issue("is missing; an order is expected: ask for its lines");
    return anOrder;
  },
});

const NO_ORDER = ["draft", "canceled", "expired"];
/** Values of the fields that say what is paid, where `isPaid` is not asked for. */
const CHARGED = ["fully_charged", "fully-charged", "partially_refunded", "partially-refunded"];
const PAID = [...CHARGED, "full", "overcharged"];

const CURRENCY = [
  "subtotal.net.currency",
  "total.net.currency",
  "currency",
  "channel.currency_code",
] as const;
const ADDRESSES = ["billingAddress", "billing_address", "shippingAddress", "shipping_address"];

const anOrder: OrderShape = {
  number: (order) => order.at("number").text(),

  unsent: (order) => unpaidWhen(order.at("status"), NO_ORDER),

  payment: (order) => {
    const [flag, payments] = [order.at("is_paid", "isPaid"), order.at("payments")];
    const status = order.at("paymentStatus", "payment_status", "chargeStatus", "charge_status");
    if (flag.flag() !== undefined) return { field: flag, paid: flag.flag(), expected: "true" };
    if (!status.missing) return paidWhen(status, PAID, "fully charged");
    if (!payments.list()) return { field: flag, paid: undefined, expected: "fully charged" };
    const states = payments.each("charge_status", "chargeStatus");
    const paid = states.some((state) => PAID.includes(state.word() ?? ""));
    return { field: payments, paid, expected: "fully charged" };
  },

  read: (order) => {
    const lines = order.at("lines").neededList();
    return {
      currency: order.at(...CURRENCY),
      lines: lines.map(soldLine),
      stated: statedTotal(order),
      couponCodes: [
        order.at("voucherCode", "voucher.code"),
        ...lines.map((line) => line.at("voucherCode", "voucher_code")),
      ],
      ...buyersPlace(order, ADDRESSES, ["country.code", "country"], ["countryArea", "country_area"]),
      customerId: order.at("user.id").text(),
      newCustomer: isOnlyOrder(order.at("user.orders.totalCount")),
      context: packedContext(order.at("metadata"), order.at("privateMetadata", "private_metadata")),
    };
  },
};

function statedTotal(order: JsonField) {
  const subtotal = order.at("subtotal.net.amount");
  const amount = subtotal.amount();
  return amount && { amounts: [amount.lt(0) ? ZERO : amount], path: subtotal.path, wins: true };
}
