import type { Issue, MapperResult, TrackingContext, UnmappedOrder } from "@avantlink-s2s/core";
import { currencyCode, currencyDigits, formatMinor, MAX_AMOUNT } from "@avantlink-s2s/core/money";
import { sum, ZERO } from "../money/decimal.ts";
import type { OrderMoney, SoldLine } from "../money/order-money.ts";
import { priceOrder } from "../money/price-order.ts";
import { answerOf } from "./answer-of.ts";
import { couponCodes } from "./coupon-codes.ts";
import { Findings } from "./findings.ts";
import { goodsOf } from "./goods.ts";
import { JsonField } from "./json-field.ts";
import type { AnyMapOptions, MapOptions, PlatformObject } from "./map-options.ts";
import { type OrderShape, type PaymentState, type Unsent, unpaid } from "./platform-order.ts";

/** One platform, with the objects and versions of it that can be mapped. */
export interface Platform<Options extends AnyMapOptions> {
  /** Where the order stands in a webhook's envelope or an API's answer. It may also be given by itself. */
  readonly envelopes?: readonly string[];
  /** Whether the order is of the platform's test mode. */
  test?(order: JsonField): Unsent | undefined;
  /** How this object is read. An object, version or kind that cannot be mapped is an issue, which names what is expected. */
  recognize(order: JsonField): OrderShape<Options> | undefined;
}

/** A platform's mapper, as the shop calls it. */
export type Mapper = <Line = PlatformObject, Order = PlatformObject>(
  order: unknown,
  options?: MapOptions<Line, Order>,
) => MapperResult;

/** The mapper of a platform that has no options of its own. */
export function mapperFor(platform: Platform<AnyMapOptions>): Mapper {
  return (order, options = {}) => mapOrder(order, options, platform);
}

/** Maps an order as its platform says. Whatever is given, the answer is a value. */
export function mapOrder<Options extends AnyMapOptions>(
  document: unknown,
  options: Options,
  platform: Platform<Options>,
): MapperResult {
  const findings = new Findings();
  try {
    const given = new JsonField(document, "", findings);
    return mapped(platform, given.unwrapped("an order", platform.envelopes), options, findings);
  } catch {
    return unmapped("unmappable", undefined, [
      { path: "", message: "could not be read as this platform's order" },
    ]);
  }
}

function mapped<Options extends AnyMapOptions>(
  platform: Platform<Options>,
  order: JsonField,
  options: Options,
  findings: Findings,
): MapperResult {
  const shape = findings.issues.length === 0 ? platform.recognize(order) : undefined;
  const orderNumber = options.orderNumber ?? shape?.number(order);
  if (!shape || findings.issues.length > 0) return unmapped("unmappable", orderNumber, findings.issues);
  const unsent =
    (options.allowTest ? undefined : platform.test?.(order)) ??
    shape.unsent?.(order, options) ??
    unpaidOrder(shape.payment(order), order, options);
  if (unsent) {
    const { status, path, message } = unsent;
    return unmapped(status, orderNumber, [{ path, message }]);
  }
  if (findings.issues.length > 0) return unmapped("unmappable", orderNumber, findings.issues);
  const read = shape.read(order, options);
  const currency = currencyCode(read.currency.value);
  if (orderNumber === undefined)
    findings.issue("orderNumber", "is missing; without it the order cannot be sent");
  if (!currency) read.currency.issue("is not a currency; a code of three letters is expected");
  if (read.discount?.lt(0)) findings.issue("discount", "is negative");
  const money = goodsOf(read, options);
  if (isTooLarge(read) || isTooLarge(money)) findings.issue("", `has an amount above ${MAX_AMOUNT}`);
  if (findings.issues.length > 0 || orderNumber === undefined || !currency) {
    return unmapped("unmappable", orderNumber, findings.issues);
  }
  const digits = currencyDigits(currency);
  const { products, discount, subtotal, findings: ofMoney } = priceOrder(money, digits);
  for (const { code, path, message } of ofMoney) findings.add(code, path, message);
  const { country, region, state, customerId: id } = read;
  return {
    status: "mapped",
    order: {
      orderNumber,
      currency,
      subtotal: formatMinor(subtotal, digits),
      ...(discount > 0 ? { orderDiscount: formatMinor(discount, digits) } : {}),
      couponCodes: couponCodes(read.couponCodes ?? []),
      customer: { newCustomer: options.newCustomer ?? read.newCustomer, country, region, state, id },
      products,
    },
    ...known(read.context),
    findings: findings.findings,
  };
}

/** Why the order counts as unpaid, if it does. Without a word about the payment, an issue is added instead. */
function unpaidOrder(
  { field, paid, expected }: PaymentState,
  order: JsonField,
  { isPaid }: AnyMapOptions,
): Unsent | undefined {
  if (isPaid === true) return undefined;
  if (isPaid === undefined) {
    if (paid === undefined) {
      field.issue("is missing; it says whether the order is paid. If you know that, give isPaid");
    }
    return paid === false
      ? unpaid(field, `is not ${expected}. If the order is paid, give isPaid`)
      : undefined;
  }
  let fault = "gave neither true nor false; it must not be async";
  try {
    const answer = typeof isPaid === "function" ? answerOf(() => isPaid(order.value as never)) : isPaid;
    if (answer === true) return undefined;
    if (answer === false) return unpaid(order, "is not paid: the shop's isPaid said so");
  } catch {
    fault = "threw";
  }
  order.beside(isPaid, "isPaid").issue(`${fault}, so it is not known whether the order is paid`);
  return undefined;
}

function isTooLarge({ lines, discount, stated }: OrderMoney<Pick<SoldLine, "total">>): boolean {
  const amounts = [discount ?? ZERO, ...(stated?.amounts ?? []), ...lines.map((line) => line.total)];
  return sum(amounts.map((amount) => amount.abs())).gt(MAX_AMOUNT);
}

function unmapped(
  status: UnmappedOrder["status"],
  orderNumber: string | undefined,
  issues: readonly Issue[],
): MapperResult {
  return { status, ...(orderNumber === undefined ? {} : { orderNumber }), issues };
}

function known(context: TrackingContext | undefined): { context?: TrackingContext } {
  const entries = Object.entries(context ?? {}).filter(([, value]) => value !== undefined);
  return entries.length > 0 ? { context: Object.fromEntries(entries) } : {};
}
