import type { MapperResult } from "@avantlink-s2s/core";
import { decimal } from "@avantlink-s2s/core/money";
import { type Decimal, sum, ZERO } from "./money/decimal.ts";
import type { SoldLine, StatedTotal } from "./money/order-money.ts";
import { countryAndState } from "./reading/address.ts";
import type { JsonField } from "./reading/json-field.ts";
import { type MapOptions, mapOrder, type Platform } from "./reading/map-order.ts";
import { packedContext } from "./reading/packed-context.ts";

export type { MapperResult } from "@avantlink-s2s/core";
export type { MapOptions } from "./reading/map-order.ts";

/** Vendure's integers have the decimals that its `MoneyStrategy` says, whatever the currency. */
export interface VendureOptions extends MapOptions {
  /** `precision` of the shop's `MoneyStrategy`. @default 2, for every currency: 50000 is 500 yen */
  readonly precision?: number | undefined;
}

/**
 * Maps a Vendure order: of its Shop or Admin API, or the entity inside Vendure.
 *
 * - Number: `code`.
 * - Money: `subTotal` less `surcharges`, and `proratedLinePrice` of each line (else `proratedUnitPrice × quantity`),
 *   which hold the order's discounts and no tax. `discountedUnitPrice` and `unitPrice`, which lack discounts, are never
 *   read. A surcharge is no good; a negative one is a discount on the order.
 * - Coupons: `couponCodes`. SKU: `productVariant.sku`. State: `province`.
 * - New customer: from `customer { orders(options: { filter: { orderPlacedAt: { isNull: false } } }) { totalItems } }`,
 *   where the query asks for it; without the filter a cart counts as an order.
 * - Paid: `state` PaymentSettled, or one that follows it.
 * - Context: what `packContext` wrote into the order's custom fields of the same names.
 *
 * @example
 * ```ts
 * // An event inside Vendure; on a job queue, so that a failure is tried again.
 * this.eventBus.ofType(OrderStateTransitionEvent).pipe(filter((event) => event.toState === "PaymentSettled"))
 *   .subscribe((event) => this.trackQueue.add({ ctx: event.ctx.serialize(), id: event.order.id }, { retries: 10 }));
 * // In the queue's process function:
 * const order = await this.orderService.findOne(ctx, job.data.id);
 * const newCustomer = (await this.orderService.findByCustomerId(ctx, order.customer.id, placedOnly)).totalItems === 1;
 * const mapped = vendureOrder(order, { newCustomer });
 * const receipt = await tracker.trackOrder(mapped, undefined, { waitForDeliveryMs: 5000 });
 * const waiting = receipt.status === "accepted" || (receipt.status === "duplicate" && receipt.state === "pending");
 * if (waiting && !durableOutbox) throw new Error("not delivered yet"); // the queue tries again
 * ```
 */
export function vendureOrder(order: unknown, options: VendureOptions = {}): MapperResult {
  return mapOrder(order, options, vendure);
}

const PAID = ["paymentsettled", "partiallyshipped", "shipped", "partiallydelivered", "delivered"];

const vendure: Platform<VendureOptions> = {
  open: (document) => {
    const order = document.at("order", "data.order", "data.orderByCode", "orderByCode");
    return order.missing ? document : order;
  },

  number: (order) => order.at("code").text(),

  unsent: (order, findings) => {
    const state = order.at("state");
    if (state.missing) findings.issue(state.path, "is missing; ask for state");
    else if (!PAID.includes(state.word() ?? "")) {
      return {
        status: "unpaid",
        path: state.path,
        message: "is not PaymentSettled, nor a state that follows it",
      };
    }
    return undefined;
  },

  read: (order, findings, { precision = 2 }) => {
    const items = order.at("lines");
    const all = items.list();
    if (!all) findings.issue(items.path, "is missing; without its lines the money cannot be known");
    const unit = Number.isInteger(precision) ? (decimal(`1e${-precision}`) ?? ZERO) : ZERO;
    if (unit.eq(0)) findings.issue("precision", "is not a whole number of decimals");
    const surcharges = (order.at("surcharges").list() ?? []).map((entry) => surcharge(entry, unit));
    return {
      currency: order.at("currencyCode"),
      lines: [
        ...(all ?? []).map((line) => soldLine(line, unit)),
        ...surcharges.filter((line) => line.total.lt(0)),
      ],
      stated: statedTotal(order, surcharges, unit),
      couponCodes: order
        .at("couponCodes")
        .list()
        ?.map((code) => code.text()),
      ...countryAndState(
        [order.at("billingAddress"), order.at("shippingAddress")],
        ["countryCode"],
        ["province"],
      ),
      customerId: order.at("customer.user").missing ? undefined : order.at("customer.id").text(),
      newCustomer: isFirstOrder(order),
      context: packedContext(order.at("customFields")),
    };
  },
};

function soldLine(line: JsonField, unit: Decimal): SoldLine {
  const quantity = line.at("quantity").owed("is missing");
  const [whole, each] = [line.at("proratedLinePrice"), line.at("proratedUnitPrice")];
  const integer = whole.missing && !each.missing ? each.owed().times(quantity) : whole.owed();
  return { path: line.path, sku: line.at("productVariant.sku").text(), total: integer.times(unit), quantity };
}

function surcharge(entry: JsonField, unit: Decimal): SoldLine {
  return { path: entry.path, total: entry.at("price").owed().times(unit), quantity: ZERO.plus(1) };
}

/** `subTotal` holds the surcharges too: those that were charged are no goods. */
function statedTotal(
  order: JsonField,
  surcharges: readonly SoldLine[],
  unit: Decimal,
): StatedTotal | undefined {
  const figure = order.at("subTotal").amount();
  if (!figure) return undefined;
  const charged = surcharges.map((entry) => entry.total).filter((amount) => amount.gt(0));
  return { amounts: [figure.times(unit).minus(sum(charged))], path: "subTotal", wins: true };
}

/** This order is among the shopper's orders; none at all means that the query may not see them. */
function isFirstOrder(order: JsonField): boolean | undefined {
  const orders = order.at("customer.orders.totalItems").amount();
  return orders?.gt(0) ? orders.eq(1) : undefined;
}
