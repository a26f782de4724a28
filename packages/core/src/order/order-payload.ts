import type { TrackingContext } from "../context/context.ts";
import { AvantLinkError } from "../errors.ts";
import type { Finding, Issue } from "../findings.ts";
import { fromMinor } from "../money/amount.ts";
import { currencyCode, currencyDigits, isKnownCurrency } from "../money/currency.ts";
import { priceLines } from "../money/price-lines.ts";
import { holdsEmail, namesPerson, sha256Hex } from "../privacy/detect.ts";
import { tidyText } from "../privacy/text.ts";
import { contextFindings, type PayloadOptions, toClickPayload, wireIds } from "./click-payload.ts";
import type { Order } from "./order.ts";
import { readDetails } from "./order-details.ts";
import { LONGEST_ORDER_NUMBER, readOrder } from "./order-schema.ts";
import type { OrderPayload } from "./payload.ts";

/** What {@link toOrderPayload} answers. */
export type OrderPayloadResult =
  | { readonly ok: true; readonly payload: OrderPayload; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly error: AvantLinkError };

/**
 * An order and the shopper's context as AvantLink's order JSON. Pure. Only the order number, the currency and the
 * amounts can refuse an order; everything else that is wrong is a finding, and the payload is there.
 */
export function toOrderPayload(
  order: Order,
  context: TrackingContext = {},
  options: PayloadOptions = {},
): OrderPayloadResult {
  const read = readOrder(order);
  if (!read.ok) return refused(read.issues);
  const currency = currencyCode(read.order.currency) ?? "";
  const digits = currencyDigits(currency);
  const priced = priceLines(read.order, digits);
  if (!priced) return refused([{ path: "products", message: "sum to more than any order can cost" }]);
  const details = readDetails();
  const customer = details.customer(read.order.customer);
  const skus = read.order.products.map(({ sku }, line) => details.sku(sku, line));
  const coupons = details.coupons(read.order.couponCodes);
  const click = toClickPayload(context, options);
  const payload: OrderPayload = {
    current_url: click.current_url,
    tracking_ids: {
      user_id: wireIds([...click.tracking_ids.user_id, ...wireIds(customer.id)]),
      visitor_id: click.tracking_ids.visitor_id,
      avantlink_avad: click.tracking_ids.avantlink_avad,
    },
    user_agent: click.user_agent,
    user_ip_address: click.user_ip_address,
    referrer_url: click.referrer_url,
    google_click_id: click.google_click_id,
    custom_tracking_code: click.custom_tracking_code,
    order: {
      order_number: wireOrderNumber(read.order.orderNumber),
      order_amount_subtotal: fromMinor(priced.subtotal, digits),
      currency,
      coupon_codes: coupons,
      customer: customer.wire,
      products: priced.lines.map(({ line, unit, quantity }) => ({
        product_sku: skus[line] ?? "",
        product_amount: fromMinor(unit, digits),
        quantity,
      })),
    },
  };
  const findings = [
    ...orderFindings(payload, read.order.orderNumber),
    ...priced.findings,
    ...details.findings,
    ...contextFindings(context, click),
  ];
  return { ok: true, payload, findings };
}

/** The order's number as it is sent and remembered; `""` for a value that is none. */
export function wireOrderNumber(value: unknown): string {
  const isNumber = typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value));
  const number = isNumber ? String(value) : tidyText(value, LONGEST_ORDER_NUMBER);
  if (holdsEmail(number)) return sha256Hex(number.toLowerCase());
  return namesPerson(number) ? sha256Hex(number) : number;
}

function orderFindings({ order }: OrderPayload, givenNumber: unknown): readonly Finding[] {
  const findings: Finding[] = [];
  if (namesPerson(String(givenNumber))) {
    findings.push({
      code: "order.private-data",
      path: "orderNumber",
      message: "holds an e-mail address or a token; its SHA-256 is sent instead",
    });
  }
  if (!isKnownCurrency(order.currency)) {
    findings.push({
      code: "order.currency-unknown",
      path: "currency",
      message: `"${order.currency}" is in no register of currencies; its amounts are rounded to two decimals`,
    });
  }
  if (order.products.length === 0) {
    findings.push({
      code: "order.lines-missing",
      path: "products",
      message: "is empty; item-based commission has nothing to be computed on",
    });
  }
  return findings;
}

function refused(issues: readonly Issue[]): OrderPayloadResult {
  return { ok: false, error: new AvantLinkError("order.invalid", { issues }) };
}
