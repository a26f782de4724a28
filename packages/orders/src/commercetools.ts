import { sum } from "./money/decimal.ts";
import { discountOnTotal } from "./platforms/commercetools/discount-on-total.ts";
import { netOf, soldLine } from "./platforms/commercetools/lines.ts";
import { buyersPlace } from "./reading/address.ts";
import { feesOf } from "./reading/fees.ts";
import type { JsonField } from "./reading/json-field.ts";
import { type Mapper, mapperFor } from "./reading/map-order.ts";
import { packedContext } from "./reading/packed-context.ts";
import { type OrderShape, paidIfFree, paidWhen, unpaidWhen } from "./reading/platform-order.ts";

export type { MapOptions, MapperResult } from "./reading/map-options.ts";

/**
 * Maps a commercetools order, of its HTTP API or its GraphQL API, or the message that holds one (`OrderCreated`).
 *
 * - Number: `orderNumber`, else `id`.
 * - Money: `taxedPrice.totalNet` of each line item (or its portions, when it ships in several ways), split where its
 *   items have several prices (`discountedPricePerQuantity`). A discount on the total price lowers the shipping too:
 *   only the goods' part of it is spread over the lines. The order's `totalPrice`, which holds shipping, and
 *   `totalPrice` of a line with tax included are never read.
 * - Custom line items are left out; a negative one is a discount on the order.
 * - Coupons: the codes of `discountCodes`, expanded. SKU: `variant.sku`, else `variant.key` or `productId`.
 * - Country, region and state: of the billing or shipping address, else the order's own `country`.
 * - Paid: `paymentState` Paid or CreditOwed. commercetools never sets it by itself: the shop does, or gives `isPaid`. An order
 *   whose `totalPrice` is 0 is paid.
 * - Context: what `packContext` wrote into the cart's custom fields, as JSON in the one field `avantlink` or as fields of
 *   its names.
 *
 * @example
 * ```ts
 * // A subscription pushed by Google Cloud Pub/Sub; Pub/Sub calls again unless it is answered 2xx.
 * app.post("/events/commercetools", express.json(), async (req, res) => {
 *   await authClient.verifyIdToken({ idToken: req.get("authorization")?.slice(7) ?? "", audience });
 *   const message = JSON.parse(Buffer.from(req.body.message.data, "base64").toString());
 *   if (message.type !== "OrderPaymentStateChanged") return res.sendStatus(200);
 *   const order = await api.orders().withId({ ID: message.resource.id })
 *     .get({ queryArgs: { expand: ["discountCodes[*].discountCode"] } }).execute();
 *   const mapped = commercetoolsOrder(order.body, { newCustomer: await isFirstOrder(order.body.customerId) });
 *   const receipt = await tracker.trackOrder(mapped);
 *   res.sendStatus(receipt.shouldRetry ? 503 : 200);
 * });
 * ```
 */
export const commercetoolsOrder: Mapper = mapperFor({
  envelopes: ["order", "resource.obj", "data.order"],

  recognize: (order) => {
    const [type, lines] = [order.at("type"), order.at("lineItems")];
    if (order.has("cartState")) order.at("cartState").issue("is a field of a cart; an order is expected");
    if (type.text() !== undefined && type.text() !== "Order") {
      type.issue(`${type.described()}; an Order is expected`);
    }
    if (lines.missing) lines.issue("is missing; a message may hold the order's ID only: get the order");
    return anOrder;
  },
});

const ADDRESSES = ["billingAddress", "shippingAddress", "shipping.0.shippingAddress"];
const EXPAND = 'get the order with expand: "discountCodes[*].discountCode"';

const anOrder: OrderShape = {
  number: (order) => order.at("orderNumber", "id").text(),

  unsent: (order) => unpaidWhen(order.at("orderState"), ["cancelled"]),

  payment: (order) => {
    const state = paidWhen(
      order.at("paymentState"),
      ["paid", "creditowed"],
      "Paid or CreditOwed, which the shop sets",
    );
    // GraphQL answers null where the shop has set nothing; HTTP leaves the field out.
    const payment = order.has("paymentState") ? { ...state, paid: state.paid ?? false } : state;
    return paidIfFree(order.at("totalPrice.centAmount"), payment);
  },

  read: (order) => {
    const lines = order.at("lineItems").neededList().map(soldLine);
    const { reductions, charged } = feesOf(order.at("customLineItems"), netOf);
    const all = [...lines, ...reductions];
    return {
      currency: order.at("totalPrice.currencyCode", "taxedPrice.totalNet.currencyCode"),
      lines: all,
      ...discountOnTotal(order, sum(all.map((line) => line.total)), charged),
      couponCodes: discountCodes(order),
      country: order.at("country").text(),
      ...buyersPlace(order, ADDRESSES, ["country"], ["state"], ["region"]),
      customerId: order.at("customerId").text(),
      context: packedContext(order.at("custom.fields"), order.at("custom.customFieldsRaw")),
    };
  },
};

function discountCodes(order: JsonField): readonly JsonField[] {
  const applied = order
    .at("discountCodes")
    .entries()
    .filter((entry) => (entry.at("state").text() ?? "MatchesCart") === "MatchesCart");
  const codes = applied.map((entry) => entry.at("discountCode.obj.code", "discountCode.code"));
  const unread = codes.find((code) => code.missing);
  unread?.incomplete(`is not there, so a coupon code is missing: ${EXPAND}`);
  return codes;
}
