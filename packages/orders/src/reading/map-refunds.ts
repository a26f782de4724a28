import type { Finding, Issue, OrderLine } from "@avantlink-s2s/core";
import { currencyCode, currencyDigits, decimalToMinor, formatMinor } from "@avantlink-s2s/core/money";
import { type Decimal, share as shareOf, sum, ZERO } from "../money/decimal.ts";
import { priceOrder } from "../money/price-order.ts";
import { Findings } from "./findings.ts";
import { goodsOf } from "./goods.ts";
import { JsonField } from "./json-field.ts";
import type { MapOptions, PlatformObject } from "./map-options.ts";
import type { PlatformLine } from "./platform-order.ts";

/** Why a sale is taken back, as AvantLink spells it. */
export type RefundReason = "ADJUSTMENT" | "CANCELED" | "FRAUD" | "RETURN";

/** One refund, as AvantLink's file of returns needs it. Without `amount`, `share` and `items` it is of the whole order. */
export interface Refund {
  readonly orderNumber: string;
  /** The platform's own ID of the refund. */
  readonly id?: string | undefined;
  /** ISO 8601. */
  readonly refundedAt: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly reason: RefundReason;
  /** What was refunded for goods: after discounts, before tax and shipping, in major units. */
  readonly amount?: string | undefined;
  /** What was refunded of what was paid, where the platform says no more. Both hold tax and shipping, in one unit. */
  readonly share?: { readonly refunded: string; readonly paid: string } | undefined;
  /** The items that were refunded. Their sum differs from `amount` by what the shop kept or added. */
  readonly items?: readonly OrderLine[] | undefined;
}

/** The refunds of an order. */
export type RefundsResult =
  | { readonly status: "mapped"; readonly refunds: readonly Refund[]; readonly findings: readonly Finding[] }
  | { readonly status: "unmappable"; readonly issues: readonly Issue[] };

/** What a platform's refund cannot say. */
export type RefundOptions<Line = PlatformObject> = Pick<MapOptions<Line>, "orderNumber" | "sku" | "isGoods">;

/** Maps the refunds of one order. */
export type RefundMapper = <Line = PlatformObject>(
  given: unknown,
  options?: RefundOptions<Line>,
) => RefundsResult;

/** How a platform's refunds are read. */
export interface RefundPlatform {
  /** Where an order stands in the answer of an API or in a webhook. */
  readonly envelopes?: readonly string[];
  /** The refunds that the platform's own object holds, where they are not given beside it. */
  refundsIn(order: JsonField): readonly JsonField[];
  number(order: JsonField, refund: JsonField): string | undefined;
  currency(order: JsonField, refund: JsonField): JsonField;
  /** Nothing for a refund that failed or is yet to come. */
  read(refund: JsonField, order: JsonField): PlatformRefund | undefined;
}

/** A platform's refund. */
export interface PlatformRefund {
  /** The platform's own ID of the refund. @default its `id` */
  readonly id?: JsonField | undefined;
  readonly at: JsonField;
  /** @default "RETURN" */
  readonly reason?: RefundReason | undefined;
  /** The goods that were refunded. */
  readonly lines?: readonly PlatformLine[] | undefined;
  /** What was refunded beside the lines, or kept of them: before tax. */
  readonly beside?: Decimal | undefined;
  /** What was refunded of what was paid; asked for only without lines. */
  readonly share?: { readonly refunded: Decimal; readonly paid: Decimal } | undefined;
}

type AnyOptions = RefundOptions<never>;

/** The mapper of a platform's refunds. Whatever is given, the answer is a value. */
export function refundsOf(platform: RefundPlatform): RefundMapper {
  return (given, options = {}): RefundsResult => {
    const findings = new Findings();
    let refunds: readonly Refund[] = [];
    try {
      refunds = mapped(new JsonField(given, "", findings), options as AnyOptions, platform);
    } catch {
      findings.issue("", "could not be read as a refund of this platform");
    }
    const { issues, findings: found } = findings;
    return issues.length > 0
      ? { status: "unmappable", issues }
      : { status: "mapped", refunds, findings: found };
  };
}

/** Takes the platform's own object that holds its refunds, or `{ order, refund }` or `{ order, refunds }`. */
function mapped(given: JsonField, options: AnyOptions, platform: RefundPlatform): readonly Refund[] {
  const beside = given.at("refunds").list() ?? [given.at("refund")];
  // A charge of Stripe's has a field `order` too, which is null.
  const isPair = typeof given.at("order").value === "object" && beside.every((refund) => !refund.missing);
  const expected = "an order with its refunds";
  const order = isPair
    ? given.at("order").unwrapped(expected, platform.envelopes)
    : given.unwrapped(expected, platform.envelopes);
  const refunds = isPair ? beside : platform.refundsIn(order);
  return refunds.flatMap((refund) => {
    const currency = platform.currency(order, refund);
    const code = currencyCode(currency.value);
    const read = platform.read(refund, order);
    if (!read) return [];
    const orderNumber = options.orderNumber ?? platform.number(order, refund);
    if (!code) currency.issue("is not a currency; a code of three letters is expected");
    if (orderNumber === undefined) refund.issue("has no order number: give the order with it");
    const money = moneyOf(read, refund, code ?? "USD", options);
    const refundedAt = momentIn(read.at);
    if (!money || !code || orderNumber === undefined || refundedAt === undefined) return [];
    const reason = read.reason ?? "RETURN";
    return [
      { orderNumber, id: (read.id ?? refund.at("id")).text(), refundedAt, currency: code, reason, ...money },
    ];
  });
}

type Money = Pick<Refund, "amount" | "share" | "items">;

/** What was refunded; nothing if that is no goods, such as the shipping alone. */
function moneyOf(
  { lines = [], beside, share }: PlatformRefund,
  refund: JsonField,
  currency: string,
  options: AnyOptions,
): Money | undefined {
  const digits = currencyDigits(currency);
  if (lines.length === 0 && beside === undefined && share) {
    if (!share.refunded.gt(0) || !share.paid.gt(0)) return noGoods(refund);
    const isWhole = !share.refunded.lt(share.paid);
    return isWhole ? {} : { share: { refunded: share.refunded.toString(), paid: share.paid.toString() } };
  }
  const goods = goodsOf({ lines, currency: refund }, options);
  const { products, subtotal } = priceOrder(goods, digits);
  const amount = subtotal + decimalToMinor(beside ?? ZERO, digits);
  if (amount <= 0) return noGoods(refund);
  return { amount: formatMinor(amount, digits), ...(products.length > 0 && { items: products }) };
}

function noGoods(refund: JsonField): undefined {
  refund.incomplete("refunds no goods, so nothing is taken back");
}

/** A time as ISO 8601. A number is in seconds; a text without an offset is in UTC, as the platforms document it. */
function momentIn(field: JsonField): string | undefined {
  const text = field.text() ?? "";
  const bare = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)$/.exec(text);
  const ms =
    typeof field.value === "number"
      ? field.value * 1_000
      : Date.parse(bare ? `${bare[1]}T${bare[2]}Z` : text);
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  field.issue("is not a time; it says when the refund was made");
  return undefined;
}

/** So many items of a line, at the price that was paid for them. */
export function itemsOf(line: PlatformLine, quantity: JsonField): PlatformLine {
  const items = quantity.needed("is missing");
  const { prices: _, ...rest } = line;
  return { ...rest, total: shareOf(line.total, items, line.quantity), quantity: items };
}

/** The lines; where less was refunded than their prices with tax (`gross`), that part of each. */
export function atMost(
  refunded: Decimal,
  lines: readonly (PlatformLine & { readonly gross: Decimal })[],
): readonly PlatformLine[] {
  const gross = sum(lines.map((line) => line.gross));
  if (!refunded.gt(0) || !refunded.lt(gross)) return lines;
  return lines.map((line) => ({ ...line, total: shareOf(line.total, refunded, gross) }));
}

/** The order's line of this ID. */
export function lineOf(lines: JsonField, id: JsonField, name = "id"): JsonField {
  const line = lines.entries().find((one) => id.text() !== undefined && one.at(name).text() === id.text());
  if (!line) id.issue("is no line of the order: give the order with all its lines");
  return line ?? lines.at("0");
}

/** The entries of lists in lists: of each entry, those at the first route, and so on. */
export function nested(list: JsonField, ...routes: readonly string[]): readonly JsonField[] {
  const below = (fields: readonly JsonField[], route: string) =>
    fields.flatMap((one) => one.at(route).entries());
  return routes.reduce(below, list.entries());
}
