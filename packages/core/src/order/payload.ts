import {
  type CleanContext,
  cleanContext,
  cleanIds,
  type PayloadOptions,
  type TrackingContext,
} from "../context/context.ts";
import { AvantLinkError } from "../errors.ts";
import type { Finding } from "../findings.ts";
import { fromMinor } from "../money/amount.ts";
import { currencyDigits } from "../money/currency.ts";
import { priceLines } from "../money/price-lines.ts";
import type { Order } from "./order.ts";
import { parseOrder } from "./parse-order.ts";

/** The JSON that AvantLink's click endpoint takes. Every key is always there, empty when unknown. */
export interface ClickPayload {
  readonly tracking_ids: {
    readonly user_id: readonly string[];
    readonly visitor_id: readonly string[];
    readonly avantlink_avad: string;
  };
  readonly user_agent: string;
  readonly current_url: string;
  readonly referrer_url: string;
  readonly google_click_id: string;
  readonly custom_tracking_code: string;
  readonly user_ip_address: string;
}

/** The JSON that AvantLink's order endpoint takes: the click's, and the order. */
export interface OrderPayload extends ClickPayload {
  readonly order: {
    readonly order_number: string;
    readonly order_amount_subtotal: number;
    readonly currency: string;
    readonly coupon_codes: readonly string[];
    readonly customer: {
      readonly new_customer: boolean;
      readonly country: string;
      readonly region: string;
      readonly state: string;
    };
    readonly products: readonly ProductPayload[];
  };
}

/** One line: `product_amount` is the price of one item, all discounts taken off. */
export interface ProductPayload {
  readonly product_sku: string;
  readonly product_amount: number;
  readonly quantity: number;
}

/** The result of {@link toOrderPayload}. */
export type OrderPayloadResult =
  | { readonly ok: true; readonly payload: OrderPayload; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly error: AvantLinkError };

/**
 * Maps an order and the shopper's context to AvantLink's order JSON. Pure. Only the order number, the currency and
 * unreadable amounts reject an order; everything else that is wrong becomes a finding beside the payload.
 */
export function toOrderPayload(
  order: Order,
  context: TrackingContext = {},
  options: PayloadOptions = {},
): OrderPayloadResult {
  const parsed = parseOrder(order);
  if (!parsed.ok) return { ok: false, error: new AvantLinkError("order.invalid", { issues: parsed.issues }) };
  const { orderNumber, currency, lines, couponCodes, customer, customerId } = parsed.order;
  const digits = currencyDigits(currency);
  const priced = priceLines(parsed.order, digits);
  if (!priced) {
    const issues = [{ path: "products", message: "sum to more than any order can cost" }];
    return { ok: false, error: new AvantLinkError("order.invalid", { issues }) };
  }
  const clean = cleanContext(context, options);
  const payload: OrderPayload = {
    current_url: clean.currentUrl,
    tracking_ids: trackingIds(clean, cleanIds(customerId)),
    user_agent: clean.userAgent,
    user_ip_address: clean.ipAddress,
    referrer_url: clean.referrerUrl,
    google_click_id: clean.googleClickId,
    custom_tracking_code: clean.customTrackingCode,
    order: {
      order_number: orderNumber,
      order_amount_subtotal: fromMinor(priced.subtotal, digits),
      currency,
      coupon_codes: couponCodes,
      customer,
      products: priced.lines.map(({ line, unit, quantity }) => ({
        product_sku: lines[line]?.sku ?? "",
        product_amount: fromMinor(unit, digits),
        quantity,
      })),
    },
  };
  return { ok: true, payload, findings: [...priced.findings, ...parsed.findings, ...clean.findings] };
}

/**
 * Maps a context to AvantLink's click JSON. Pure. Whatever is missing or malformed becomes `""` or `[]`; e-mail
 * addresses among the IDs are hashed; URLs lose personal parameters.
 */
export function toClickPayload(context: TrackingContext, options: PayloadOptions = {}): ClickPayload {
  const clean = cleanContext(context, options);
  return {
    tracking_ids: trackingIds(clean),
    user_agent: clean.userAgent,
    current_url: clean.currentUrl,
    referrer_url: clean.referrerUrl,
    google_click_id: clean.googleClickId,
    custom_tracking_code: clean.customTrackingCode,
    user_ip_address: clean.ipAddress,
  };
}

/** Whether AvantLink can attribute the payload; it answers 400 to one without any ID. */
export function hasTrackingId({ tracking_ids: ids }: ClickPayload): boolean {
  return ids.avantlink_avad !== "" || ids.visitor_id.length > 0 || ids.user_id.length > 0;
}

function trackingIds(clean: CleanContext, customerIds: readonly string[] = []): ClickPayload["tracking_ids"] {
  return {
    user_id: customerIds.length > 0 ? cleanIds([...clean.userIds, ...customerIds]) : clean.userIds,
    visitor_id: clean.visitorIds,
    avantlink_avad: clean.avad,
  };
}

/**
 * An order as it may be sent of a shopper who denied tracking, with `whenDenied: "anonymous"`: the sale (number,
 * amounts, lines, coupons, new customer or not, country) and nothing about the person. AvantLink rejects an order
 * without any ID, so `visitorId` is a fresh random ID that is kept nowhere else.
 */
export function anonymousPayload(payload: OrderPayload, visitorId: string): OrderPayload {
  const { order } = payload;
  return {
    ...payload,
    current_url: payload.current_url.split("?", 1)[0] ?? "",
    tracking_ids: { user_id: [], visitor_id: [visitorId], avantlink_avad: "" },
    user_agent: "",
    user_ip_address: "",
    referrer_url: "",
    google_click_id: "",
    custom_tracking_code: "",
    order: { ...order, customer: { ...order.customer, region: "", state: "" } },
  };
}
