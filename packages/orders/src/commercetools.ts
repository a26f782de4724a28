import type { MapperResult } from "@avantlink-s2s/core";
import { type Decimal, share, sum, ZERO } from "./money/decimal.ts";
import type { SoldLine } from "./money/order-money.ts";
import { centMoney, netOf, soldLine } from "./platforms/commercetools/lines.ts";
import { countryAndState } from "./reading/address.ts";
import type { Findings } from "./reading/findings.ts";
import type { JsonField } from "./reading/json-field.ts";
import { type MapOptions, mapOrder, type Platform } from "./reading/map-order.ts";
import { packedContext } from "./reading/packed-context.ts";
import type { PlatformOrder } from "./reading/platform-order.ts";

export type { MapperResult } from "@avantlink-s2s/core";
export type { MapOptions } from "./reading/map-order.ts";

/**
 * Maps a commercetools order, of its HTTP API or its GraphQL API, or the message that holds one (`OrderCreated`).
 *
 * - Number: `orderNumber`, else `id`.
 * - Money: `taxedPrice.totalNet` of each line item (or its portions, when it ships in several ways), split where its
 *   items have several prices (`discountedPricePerQuantity`). A discount on the total price lowers the shipping too:
 *   only the goods' part of it is spread over the lines. The order's `totalPrice`, which holds shipping, and
 *   `totalPrice` of a line with tax included are never read.
 * - Custom line items are no goods: left out; a negative one is a discount on the order.
 * - Coupons: the codes of `discountCodes`, expanded. SKU: `variant.sku`.
 * - Paid: `paymentState` Paid.
 * - Context: what `packContext` wrote into the cart's custom fields.
 *
 * @example
 * ```ts
 * // A subscription pushed by Google Cloud Pub/Sub; it repeats whatever is not answered 2xx.
 * app.post("/events/commercetools", express.json(), async (req, res) => {
 *   await authClient.verifyIdToken({ idToken: req.get("authorization")?.slice(7) ?? "", audience });
 *   const message = JSON.parse(Buffer.from(req.body.message.data, "base64").toString());
 *   if (message.type !== "OrderPaymentStateChanged") return res.sendStatus(200);
 *   const order = await api.orders().withId({ ID: message.resource.id })
 *     .get({ queryArgs: { expand: ["discountCodes[*].discountCode"] } }).execute();
 *   const mapped = commercetoolsOrder(order.body, { newCustomer: await isFirstOrder(order.body.customerId) });
 *   const receipt = await trackOrder(tracker, mapped, undefined, { waitForDeliveryMs: 5000 });
 *   const waiting = receipt.status === "accepted" || (receipt.status === "duplicate" && receipt.state === "pending");
 *   res.sendStatus(waiting && !durableOutbox ? 503 : 200); // in memory, only a repeat outlives a crash
 * });
 * ```
 */
export function commercetoolsOrder(order: unknown, options: MapOptions = {}): MapperResult {
  return mapOrder(order, options, commercetools);
}

const EXPAND = 'get the order with expand: "discountCodes[*].discountCode"';

const commercetools: Platform<MapOptions> = {
  open: (document) => {
    const order = document.at("order", "resource.obj", "data.order");
    return order.missing ? document : order;
  },

  number: (order) => order.at("orderNumber", "id").text(),

  unsent: (order, findings) => {
    const [state, payment] = [order.at("orderState"), order.at("paymentState")];
    if (state.word() === "cancelled") return { status: "unpaid", path: state.path, message: "is Cancelled" };
    if (payment.missing && order.at("lineItems").missing) {
      findings.issue(
        order.at("lineItems").path,
        "is missing; a message may hold the order's ID only: get the order",
      );
      return undefined;
    }
    if (payment.missing) {
      return { status: "unpaid", path: payment.path, message: "is not set: the shop sets Paid when it is" };
    }
    if (payment.word() !== "paid") return { status: "unpaid", path: payment.path, message: "is not Paid" };
    return undefined;
  },

  read: (order, findings) => {
    const items = order.at("lineItems");
    const all = items.list();
    if (!all) findings.issue(items.path, "is missing; without its lines the money cannot be known");
    const goods = (all ?? []).map((item) => soldLine(item, findings));
    const custom = (order.at("customLineItems").list() ?? []).map((item) => customLine(item, findings));
    const lines = [...goods, ...custom.filter((line) => line.total.lt(0))];
    const charged = sum(custom.filter((line) => line.total.gt(0)).map((line) => line.total));
    return {
      currency: order.at("totalPrice.currencyCode", "taxedPrice.totalNet.currencyCode"),
      lines,
      ...discountOnTotal(order, sum(lines.map((line) => line.total)), charged),
      couponCodes: discountCodes(order, findings),
      ...countryAndState([order.at("billingAddress"), order.at("shippingAddress")], ["country"], ["state"]),
      customerId: order.at("customerId").text(),
      context: packedContext(order.at("custom.fields"), order.at("custom.customFieldsRaw")),
    };
  },
};

function customLine(item: JsonField, findings: Findings): SoldLine {
  return {
    path: item.path,
    total: netOf(item, findings),
    quantity: item.at("quantity").amount() ?? ZERO.plus(1),
  };
}

/**
 * A discount on the total price takes the same percentage off goods, fees and shipping. The order's own totals say to
 * the cent what is left of the goods; the percentage is what they are held against, and the fallback without them.
 */
function discountOnTotal(
  order: JsonField,
  goods: Decimal,
  charged: Decimal,
): Pick<PlatformOrder, "discount" | "stated"> {
  const taken = partTaken(order, goods);
  const left = goodsAfterDiscount(order, goods, charged, taken === undefined);
  if (taken === undefined) {
    return left
      ? { stated: { amounts: [left], path: "taxedPrice.totalNet", slack: charged.eq(0) ? 0 : 1 } }
      : {};
  }
  if (!left || left.gt(goods)) return { discount: taken };
  return {
    discount: goods.minus(left),
    stated: { amounts: [goods.minus(taken)], path: "discountOnTotalPrice", slack: 2 },
  };
}

/** What the discount takes off the goods: net and gross amounts know the same percentage of all that was bought. */
function partTaken(order: JsonField, goods: Decimal): Decimal | undefined {
  const amounts = order.at("discountOnTotalPrice");
  for (const [amount, total] of [
    ["discountedNetAmount", "taxedPrice.totalNet"],
    ["discountedAmount", "totalPrice"],
  ] as const) {
    const [taken, left] = [centMoney(amounts.at(amount)), centMoney(order.at(total))];
    if (taken?.gt(0) && left) return share(goods, taken, taken.plus(left));
  }
  return undefined;
}

function goodsAfterDiscount(
  order: JsonField,
  goods: Decimal,
  charged: Decimal,
  undiscounted: boolean,
): Decimal | undefined {
  const net = centMoney(order.at("taxedPrice.totalNet"));
  const shipping = centMoney(order.at("taxedShippingPrice.totalNet")) ?? netShipping(order, undiscounted);
  return net && shipping ? share(net.minus(shipping), goods, goods.plus(charged)) : undefined;
}

/** What the shipping entries say themselves, who know nothing of a discount on the total. */
function netShipping(order: JsonField, undiscounted: boolean): Decimal | undefined {
  const several = order.at("shipping").list() ?? [];
  const infos = [order.at("shippingInfo"), ...several.map((entry) => entry.at("shippingInfo"))];
  const nets = infos.filter((info) => !info.missing).map((info) => centMoney(info.at("taxedPrice.totalNet")));
  const known = nets.every((net) => net !== undefined) ? sum(nets) : undefined;
  return undiscounted || known?.eq(0) ? known : undefined;
}

function discountCodes(order: JsonField, findings: Findings): readonly (string | undefined)[] {
  const applied = (order.at("discountCodes").list() ?? []).filter(
    (entry) => (entry.at("state").text() ?? "MatchesCart") === "MatchesCart",
  );
  const codes = applied.map((entry) => entry.at("discountCode.obj.code", "discountCode.code"));
  const unread = codes.find((code) => code.missing);
  if (unread)
    findings.add("mapper.incomplete", unread.path, `is not there, so a coupon code is missing: ${EXPAND}`);
  return codes.map((code) => code.text());
}
