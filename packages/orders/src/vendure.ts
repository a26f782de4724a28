import { decimal } from "@avantlink-s2s/core/money";
import { ZERO } from "./money/decimal.ts";
import { soldLine } from "./platforms/vendure/lines.ts";
import { buyersPlace } from "./reading/address.ts";
import { feesOf } from "./reading/fees.ts";
import type { MapOptions, MapperResult, PlatformObject } from "./reading/map-options.ts";
import { mapOrder, type Platform } from "./reading/map-order.ts";
import { packedContext } from "./reading/packed-context.ts";
import { isOnlyOrder, type OrderShape, paidWhen, unpaidWhen } from "./reading/platform-order.ts";

export type { MapOptions, MapperResult } from "./reading/map-options.ts";

/** The decimals of Vendure's integers are those of its `MoneyStrategy`, whatever the currency. */
export interface VendureOptions<Line = PlatformObject, Order = PlatformObject>
  extends MapOptions<Line, Order> {
  /** `precision` of the shop's `MoneyStrategy`. @default 2, for every currency: 50000 is 500 yen */
  readonly precision?: number | undefined;
}

/**
 * Maps a Vendure order: of its Shop or Admin API, or the entity inside Vendure. Of a marketplace's orders, the aggregate
 * order is mapped; a seller's order, whose lines the aggregate order has too, is not.
 *
 * - Number: `code`.
 * - Money: `subTotal` less `surcharges`, and `proratedLinePrice` of each line (else `proratedUnitPrice × quantity`),
 *   which hold the order's discounts and no tax. `discountedUnitPrice` and `unitPrice`, which lack discounts, are never
 *   read. A surcharge is left out; a negative one is a discount on the order.
 * - Coupons: `couponCodes`. SKU: `productVariant.sku`, else `productVariant.id`. State: `province`.
 * - New customer: from `customer { orders(options: { filter: { orderPlacedAt: { isNull: false } } }) { totalItems } }`,
 *   where the query asks for it; without the filter a cart counts as an order.
 * - Paid: `state` PaymentSettled, or a state that follows it. For a state of your own process, give `isPaid`.
 * - Context: what `packContext` wrote into the order's custom fields, as JSON in the one field `avantlink` or as fields of
 *   its names.
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
 * const receipt = await tracker.trackOrder(mapped);
 * if (receipt.shouldRetry) throw new Error("not stored"); // the queue tries again
 * ```
 */
export function vendureOrder<Line = PlatformObject, Order = PlatformObject>(
  order: unknown,
  options: VendureOptions<Line, Order> = {},
): MapperResult {
  return mapOrder(order, options, vendure);
}

/** The state PaymentSettled and the states that follow it. */
const PAID = ["paymentsettled", "partiallyshipped", "shipped", "partiallydelivered", "delivered"];
/** States before the shopper placed the order, and after it was given up. */
const NOT_PLACED = ["created", "draft", "addingitems", "cancelled"];

const vendure: Platform<VendureOptions<never, never>> = {
  envelopes: ["order", "data.order", "data.orderByCode", "orderByCode"],

  recognize: (order) => {
    const [type, lines] = [order.at("type"), order.at("lines")];
    const aggregate = order.at("aggregateOrder", "aggregateOrderId");
    if (type.word() === "seller" || !aggregate.missing) {
      (type.missing ? aggregate : type).issue(
        "is that of a seller's order, whose lines the aggregate order has too: map the aggregate order",
      );
    }
    if (lines.missing) lines.issue("is missing; an order is expected: ask for its lines");
    return anOrder;
  },
};

const anOrder: OrderShape<VendureOptions<never, never>> = {
  number: (order) => order.at("code").text(),

  unsent: (order) => unpaidWhen(order.at("state"), NOT_PLACED),
  payment: (order) => paidWhen(order.at("state"), PAID, "PaymentSettled or a state that follows it"),

  read: (order, { precision = 2 }) => {
    const unit = Number.isInteger(precision) ? (decimal(`1e${-precision}`) ?? ZERO) : ZERO;
    if (unit.eq(0)) order.at("precision").issue("is not a whole number of decimals");
    const lines = order.at("lines").neededList();
    const surcharges = feesOf(order.at("surcharges"), (entry) => entry.at("price").needed().times(unit));
    // `subTotal` holds the surcharges too: the positive ones are not goods.
    const goods = order.at("subTotal").amount()?.times(unit).minus(surcharges.charged);
    return {
      currency: order.at("currencyCode"),
      lines: [...lines.map((line) => soldLine(line, unit)), ...surcharges.reductions],
      stated: goods && { amounts: [goods], path: "subTotal", wins: true },
      couponCodes: order.at("couponCodes").list(),
      ...buyersPlace(order, ["billingAddress", "shippingAddress"], ["countryCode"], ["province"]),
      customerId: order.at("customer.user").missing ? undefined : order.at("customer.id").text(),
      newCustomer: isOnlyOrder(order.at("customer.orders.totalItems")),
      context: packedContext(order.at("customFields")),
    };
  },
};
