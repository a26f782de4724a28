import type { MapperResult } from "@avantlink-s2s/core";
import { type Decimal, ZERO } from "./money/decimal.ts";
import type { SoldLine, StatedTotal } from "./money/order-money.ts";
import { countryAndState } from "./reading/address.ts";
import type { Findings } from "./reading/findings.ts";
import type { JsonField } from "./reading/json-field.ts";
import { type MapOptions, mapOrder, type Platform } from "./reading/map-order.ts";
import { packedContext } from "./reading/packed-context.ts";

export type { MapperResult } from "@avantlink-s2s/core";
export type { MapOptions } from "./reading/map-order.ts";

/**
 * Maps a Swell order, with names in snake case (backend API) or camel case (swell-js).
 *
 * - Number: `number`.
 * - Money: `price_total − discount_total` of each item, less its `tax_total` where `item_tax_included`. Gift cards are
 *   no goods: left out.
 * - Coupons: `coupon_code`. SKU: `variant.sku`, else `product.sku`; ask for `expand=items.product,items.variant`.
 * - Paid: `paid`. Orders of a store's test environment have `test`.
 * - Context: what `packContext` wrote into the cart's `metadata`, which Swell copies to the order.
 *
 * @example
 * ```ts
 * app.post("/webhooks/swell/:secret", express.json(), async (req, res) => {
 *   if (req.params.secret !== process.env.SWELL_WEBHOOK_SECRET) return res.sendStatus(401);
 *   if (req.body.type !== "order.paid") return res.sendStatus(200);
 *   // The webhook holds the order's ID; the order itself comes from Swell, whoever called.
 *   const order = await swell.get("/orders/{id}", { id: req.body.data.id, expand: ["items.product", "items.variant"] });
 *   const mapped = swellOrder(order, { newCustomer: await isFirstOrder(order.account_id) });
 *   const receipt = await trackOrder(tracker, mapped, undefined, { waitForDeliveryMs: 5000 });
 *   const waiting = receipt.status === "accepted" || (receipt.status === "duplicate" && receipt.state === "pending");
 *   res.sendStatus(waiting && !durableOutbox ? 503 : 200); // in memory, only a repeat outlives a crash
 * });
 * ```
 */
export function swellOrder(order: unknown, options: MapOptions = {}): MapperResult {
  return mapOrder(order, options, swell);
}

const swell: Platform<MapOptions> = {
  open: (document) => {
    const order = document.at("data");
    return order.missing ? document : order;
  },

  number: (order) => order.at("number").text(),

  unsent: (order, findings, { allowTest }) => {
    const [test, paid, canceled] = [order.at("test"), order.at("paid"), order.at("canceled")];
    if (test.flag() && !allowTest) return { status: "test", path: test.path, message: "is true" };
    if (canceled.flag()) return { status: "unpaid", path: canceled.path, message: "is true" };
    if (paid.flag() === false) return { status: "unpaid", path: paid.path, message: "is false" };
    if (paid.flag() === undefined)
      findings.issue(paid.path, "is missing; a webhook holds the order's ID only: get the order");
    return undefined;
  },

  read: (order, findings) => {
    const items = order.at("items");
    const all = items.list();
    if (!all) findings.issue(items.path, "is missing; without its lines the money cannot be known");
    const taxIncluded = order.at("item_tax_included", "itemTaxIncluded").flag() ?? false;
    const goods = (all ?? []).filter((item) => item.at("delivery").word() !== "giftcard");
    const lines = goods.map((item) => soldLine(item, taxIncluded));
    sayUnexpandedProducts(goods, findings);
    return {
      currency: order.at("currency"),
      lines,
      stated: goods.length === all?.length ? statedTotal(order, taxIncluded, lines.length) : undefined,
      couponCodes: [order.at("coupon_code", "couponCode", "coupon.code").text()],
      ...countryAndState([order.at("billing"), order.at("shipping")], ["country"], ["state"]),
      customerId: order.at("guest").flag() ? undefined : order.at("account_id", "accountId").text(),
      context: packedContext(order.at("metadata")),
    };
  },
};

function soldLine(item: JsonField, taxIncluded: boolean): SoldLine {
  const discount = item.at("discount_total", "discountTotal").amount() ?? ZERO;
  const tax = taxIncluded ? item.at("tax_total", "taxTotal").owed() : ZERO;
  return {
    path: item.path,
    sku: item.at("variant.sku", "product.sku").text(),
    total: item.at("price_total", "priceTotal").owed().minus(discount).minus(tax),
    quantity: item.at("quantity").owed("is missing"),
  };
}

function sayUnexpandedProducts(items: readonly JsonField[], findings: Findings): void {
  const unread = items.find((item) => item.at("product", "variant").missing);
  if (!unread) return;
  const message = "is not expanded, so the SKU cannot be read: ask for expand=items.product,items.variant";
  findings.add("mapper.incomplete", unread.at("product").path, message);
}

/**
 * The order's own figures. Whether its `sub_total` is before or after the items' discounts is documented nowhere, so
 * that either may be what agrees.
 */
function statedTotal(order: JsonField, taxIncluded: boolean, lines: number): StatedTotal | undefined {
  const subTotal = order.at("sub_total", "subTotal");
  const figure = subTotal.amount();
  const discount = order.at("item_discount", "itemDiscount").amount();
  if (!figure || !discount) return undefined;
  const tax: Decimal = taxIncluded ? (order.at("item_tax", "itemTax").amount() ?? ZERO) : ZERO;
  const after = figure.minus(tax);
  return { amounts: [after.minus(discount), after], path: subTotal.path, slack: Math.ceil(lines / 2) };
}
