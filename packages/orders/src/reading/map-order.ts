import type { MapperResult, TrackingContext } from "@avantlink-s2s/core";
import { currencyCode, currencyDigits, formatMinor, MAX_AMOUNT } from "@avantlink-s2s/core/money";
import { type Decimal, sum, ZERO } from "../money/decimal.ts";
import { priceOrder } from "../money/price-order.ts";
import { Findings } from "./findings.ts";
import { JsonField } from "./json-field.ts";
import type { PlatformOrder, Unsent } from "./platform-order.ts";

/** What a platform's order cannot say, and what every mapper takes from its caller. */
export interface MapOptions {
  /**
   * Whether this is the shopper's first order in the shop.
   * @default what the order itself says, where the platform can tell (Saleor, Vendure); else a finding
   */
  readonly newCustomer?: boolean | undefined;
  /**
   * The shop's own number of this order, where it is another than the platform's. The thank-you page and the
   * webhook must give the same one, or one order counts as two.
   * @default the platform's number
   */
  readonly orderNumber?: string | undefined;
  /** Whether an order of the platform's test mode is mapped instead of refused as `test`. @default false */
  readonly allowTest?: boolean | undefined;
}

/** How one platform's order is read. */
export interface Platform<Options extends MapOptions> {
  /** Finds the order in what the caller gave: a webhook's envelope, an API's answer, the order itself. */
  open(document: JsonField): JsonField;
  number(order: JsonField, findings: Findings): string | undefined;
  /** Why the order is not to be sent, if so. Without a status that says whether it is paid, it is an issue. */
  unsent(order: JsonField, findings: Findings, options: Options): Unsent | undefined;
  read(order: JsonField, findings: Findings, options: Options): PlatformOrder;
}

/** Reads an order as its platform says. Whatever it is given, the answer is a value. */
export function mapOrder<Options extends MapOptions>(
  document: unknown,
  options: Options,
  platform: Platform<Options>,
): MapperResult {
  const findings = new Findings();
  try {
    return mapped(platform, platform.open(new JsonField(document, "", findings)), options, findings);
  } catch {
    return unmapped("unmappable", undefined, [
      { path: "", message: "could not be read as this platform's order" },
    ]);
  }
}

function mapped<Options extends MapOptions>(
  platform: Platform<Options>,
  order: JsonField,
  options: Options,
  findings: Findings,
): MapperResult {
  if (typeof order.value !== "object") {
    return unmapped("unmappable", undefined, [
      { path: order.path, message: "holds no order; an object is expected" },
    ]);
  }
  const orderNumber = options.orderNumber ?? platform.number(order, findings);
  const unsent = platform.unsent(order, findings, options);
  if (unsent) {
    const { status, path, message } = unsent;
    return unmapped(status, orderNumber, [{ path, message }]);
  }
  if (findings.issues.length > 0) return unmapped("unmappable", orderNumber, findings.issues);
  const sale = platform.read(order, findings, options);
  if (orderNumber === undefined)
    findings.issue("orderNumber", "is missing; an order without a number cannot be sent");
  const currency = currencyCode(sale.currency.value);
  if (!currency) findings.issue(sale.currency.path, "is no currency; a code of three letters is expected");
  if (sale.discount?.lt(0)) findings.issue("discount", "is negative; a discount is expected");
  if (largest(sale).gt(MAX_AMOUNT)) findings.issue("", `holds an amount of more than ${MAX_AMOUNT}`);
  if (findings.issues.length > 0 || orderNumber === undefined || !currency) {
    return unmapped("unmappable", orderNumber, findings.issues);
  }
  const digits = currencyDigits(currency);
  const { products, discount, subtotal, findings: ofMoney } = priceOrder(sale, digits);
  for (const { code, path, message } of ofMoney) findings.add(code, path, message);
  return {
    status: "mapped",
    order: {
      orderNumber,
      currency,
      subtotal: formatMinor(subtotal, digits),
      ...(discount > 0 ? { orderDiscount: formatMinor(discount, digits) } : {}),
      couponCodes: couponCodes(sale),
      customer: {
        newCustomer: options.newCustomer ?? sale.newCustomer,
        country: sale.country,
        state: sale.state,
        id: sale.customerId,
      },
      products,
    },
    ...context(sale.context),
    findings: findings.findings,
  };
}

function largest(sale: PlatformOrder): Decimal {
  const amounts = [sale.discount ?? ZERO, ...(sale.stated?.amounts ?? [])];
  return sum([...sale.lines.map((line) => line.total), ...amounts].map((amount) => amount.abs()));
}

function unmapped(
  status: "unpaid" | "test" | "unmappable",
  orderNumber: string | undefined,
  issues: readonly { path: string; message: string }[],
): MapperResult {
  return { status, ...(orderNumber === undefined ? {} : { orderNumber }), issues };
}

function couponCodes(sale: PlatformOrder): readonly string[] {
  return [...new Set(sale.couponCodes?.filter((code) => code !== undefined))];
}

function context(context: TrackingContext | undefined): { context?: TrackingContext } {
  const known = Object.entries(context ?? {}).filter(([, value]) => value !== undefined);
  return known.length > 0 ? { context: Object.fromEntries(known) } : {};
}
