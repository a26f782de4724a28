import { iso31661Alpha3ToAlpha2 } from "iso-3166";
import * as z from "zod/mini";
import type { Finding, FindingCode, Issue } from "../findings.ts";
import { MAX_AMOUNT, readMoney, toMinor } from "../money/amount.ts";
import { currencyCode } from "../money/currency.ts";
import { isSendable, type PriceableLine, type PriceableOrder } from "../money/price-lines.ts";
import { cutText, namesPerson, tidyText } from "../privacy/scrub.ts";
import { describeValue, isObject, issuesOf, readAs, readFields, readList } from "../untrusted-value.ts";
import { MAX_ORDER_NUMBER, wireOrderNumber } from "./order-key.ts";

/** Far above what a shop sells at once, and what one row of an outbox and one POST still carry. */
export const MAX_LINES = 20_000;
const MAX_ITEMS = 1_000_000;
const MAX_ISSUES = 100;
const MAX_DETAIL = 256;
export const MAX_COUPONS = 50;
const MAX_COUPON = 64;
const COUNT = /^\d{1,7}(?:\.\d{1,20})?$/;

/** An order that can be priced and sent. Texts are bounded and name nobody. */
export interface ParsedOrder extends PriceableOrder {
  readonly orderNumber: string;
  readonly currency: string;
  readonly lines: readonly ParsedLine[];
  readonly couponCodes: readonly string[];
  readonly customer: {
    readonly new_customer: boolean;
    readonly country: string;
    readonly region: string;
    readonly state: string;
  };
  /** The buyer's account ID, as it was given. */
  readonly customerId: unknown;
}

interface ParsedLine extends PriceableLine {
  readonly sku: string;
}

/** Collects what is wrong with an order that is sent all the same. */
type Find = (code: FindingCode, path: string, message: string) => void;

const amount = readAs(
  amountOf,
  `zero or more in major units, as a number or a decimal string of at most ${MAX_AMOUNT} (a discount goes into orderDiscount)`,
);

/** The fields that can reject an order. */
const strictFields = z.object({
  orderNumber: readAs(
    (value) => wireOrderNumber(value) || undefined,
    `a text of 1 to ${MAX_ORDER_NUMBER} characters`,
  ),
  currency: readAs(currencyCode, 'an ISO-4217 code of three letters, such as "USD"'),
  subtotal: z.nullish(amount),
  orderDiscount: z.nullish(amount),
}) satisfies z.ZodMiniType<Pick<ParsedOrder, "currency" | "subtotal" | "orderDiscount">>;

const lineFields = z.object({
  unitPrice: amount,
  quantity: readAs(countOf, `a whole number from 1 to ${MAX_ITEMS}`),
}) satisfies z.ZodMiniType<PriceableLine>;

const FIELDS = [
  "orderNumber",
  "currency",
  "subtotal",
  "orderDiscount",
  "products",
  "couponCodes",
  "customer",
] as const;

/**
 * Reads an order from whatever the caller gave, each property once. Only the number, the currency and unreadable
 * amounts reject it; everything else that is wrong becomes a finding.
 */
export function parseOrder(
  value: unknown,
):
  | { readonly ok: true; readonly order: ParsedOrder; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly issues: readonly Issue[] } {
  if (!isObject(value))
    return {
      ok: false,
      issues: [{ path: "order", message: `is ${describeValue(value)}; expected an order` }],
    };
  const given = readFields(value, FIELDS);
  const findings: Finding[] = [];
  const find: Find = (code, path, message) => findings.push({ code, path, message });
  const strict = strictFields.safeParse(given);
  const lines = parseLines(given.products, find);
  const issues = [...issuesOf(strict), ...lines.issues];
  // Without a subtotal and without a line that can be read nobody knows what to bill.
  if ((given.subtotal ?? undefined) === undefined && lines.read.length === 0 && lines.issues.length === 0) {
    const missing = { path: "subtotal", message: "is missing, and there are no products to sum up" };
    issues.push(...findings.map(({ path, message }) => ({ path, message })));
    if (issues.length === 0) issues.push(missing);
  }
  if (!strict.success || issues.length > 0) return { ok: false, issues: issues.slice(0, MAX_ISSUES) };

  const { orderNumber, currency, subtotal, orderDiscount } = strict.data;
  if (namesPerson(String(given.orderNumber)))
    find(
      "order.private-data",
      "orderNumber",
      "holds an e-mail address or a token; its SHA-256 is sent instead",
    );
  if (!lines.isAnySendable) {
    const message = "has no line that can be sent; item-based commission has nothing to be computed on";
    find("order.lines-missing", "products", message);
  }
  const customer = readFields(given.customer, ["newCustomer", "country", "region", "state", "id"]);
  const order = {
    orderNumber,
    currency,
    subtotal,
    orderDiscount,
    lines: lines.read,
    customer: parseCustomer(customer, find),
    customerId: customer.id,
    couponCodes: parseCoupons(given.couponCodes, find),
  };
  return { ok: true, order, findings };
}

/** A line whose price cannot be read is an issue; any other unreadable line stays out, with a finding. */
function parseLines(products: unknown, find: Find) {
  const read: ParsedLine[] = [];
  const issues: Issue[] = [];
  let isAnySendable = false;
  const lines = readList(products ?? [], MAX_LINES + 1);
  if (!lines || lines.length > MAX_LINES) {
    const message = lines ? `has more than ${MAX_LINES} lines` : `is ${describeValue(products)}`;
    find("product.line-unreadable", "products", `${message}; expected a list of lines, so no line is sent`);
    return { read, issues, isAnySendable };
  }
  const leaveOut = ({ path, message }: Issue) =>
    find("product.line-unreadable", path, `${message}. The line is left out`);
  for (const [index, line] of lines.entries()) {
    const path = `products[${index}]`;
    if (!isObject(line)) {
      leaveOut({ path, message: `is ${describeValue(line)}; expected a line with unitPrice and quantity` });
      continue;
    }
    const given = readFields(line, ["sku", "unitPrice", "quantity"]);
    const parsed = lineFields.safeParse(given);
    if (!parsed.success) {
      const wrong = issuesOf(parsed, path);
      if (wrong.some((issue) => issue.path.endsWith(".quantity"))) wrong.forEach(leaveOut);
      else issues.push(...wrong);
      continue;
    }
    const { quantity } = parsed.data;
    if (isSendable(quantity)) isAnySendable = true;
    else {
      const message = `is ${quantity}; expected a whole number from 1 to ${MAX_ITEMS} (sell 0.5 kg as one item at the line's total)`;
      leaveOut({ path: `${path}.quantity`, message });
    }
    read.push({ ...parsed.data, sku: parseSku(given.sku, `${path}.sku`, find) });
  }
  return { read, issues, isAnySendable };
}

function parseSku(value: unknown, path: string, find: Find): string {
  const sku = parseDetail(value, path, find);
  if (sku === "") {
    find("product.sku-missing", path, "is not given; item-based commission cannot match the product");
  } else if (String(value).trim().length > MAX_DETAIL) {
    const message = `is longer than ${MAX_DETAIL} characters; it is cut, and AvantLink may not match the product`;
    find("product.sku-too-long", path, message);
  }
  return sku;
}

function parseCustomer(
  given: Readonly<Record<"newCustomer" | "country" | "region" | "state", unknown>>,
  find: Find,
): ParsedOrder["customer"] {
  if (typeof given.newCustomer !== "boolean") {
    const message = "is not given; it is sent as false, and programs that pay for new customers will not pay";
    find("customer.new-customer-missing", "customer.newCustomer", message);
  }
  return {
    new_customer: given.newCustomer === true,
    country: parseCountry(given.country, find),
    region: parseDetail(given.region, "customer.region", find),
    state: parseDetail(given.state, "customer.state", find),
  };
}

function parseCoupons(value: unknown, find: Find): readonly string[] {
  if (value === undefined || value === null) return [];
  const list = readList(value, MAX_COUPONS + 1);
  if (!list) find("order.coupons-invalid", "couponCodes", "is not a list of texts");
  const codes = new Set<string>();
  for (const [index, code] of (list ?? [value]).entries()) {
    if (index === MAX_COUPONS) {
      const message = `has more than ${MAX_COUPONS} codes; the others are left out`;
      find("order.coupons-invalid", "couponCodes", message);
    } else if (code !== null && code !== undefined)
      codes.add(parseCoupon(code, `couponCodes[${index}]`, find));
  }
  codes.delete("");
  return [...codes];
}

function parseCoupon(code: unknown, path: string, find: Find): string {
  const text = isTextual(code) ? parseDetail(code, path, find) : undefined;
  if (text !== undefined && text.length <= MAX_COUPON && !text.includes("@")) return text;
  const message = `is ${describeValue(code)}; expected a code of at most ${MAX_COUPON} characters without "@", so it is left out`;
  find("order.coupons-invalid", path, message);
  return "";
}

/** A short text. It is emptied, not hashed, where it names a person: no such value belongs into these fields. */
function parseDetail(value: unknown, path: string, find: Find): string {
  // Searched before it is cut: half an e-mail address does not look like one.
  const text = isTextual(value) ? tidyText(String(value), 4 * MAX_DETAIL) : "";
  if (!namesPerson(text)) return cutText(text, MAX_DETAIL);
  find("order.private-data", path, "holds an e-mail address or a token; it is sent empty");
  return "";
}

const ALPHA3: ReadonlyMap<string, string> = new Map(Object.entries(iso31661Alpha3ToAlpha2));
const ALPHA2: ReadonlySet<string> = new Set(ALPHA3.values());

/** A country as it goes on the wire: alpha-2 and alpha-3 codes as alpha-2, `UK` as `GB`, a full name unchanged. */
function parseCountry(value: unknown, find: Find): string {
  const path = "customer.country";
  const name = parseDetail(value, path, find);
  if (name === "") find("customer.country-missing", path, "is not given; it is sent empty");
  if (!/^[a-z]{2,3}$/i.test(name)) return name;
  const code = name.toUpperCase();
  const country = code === "UK" ? "GB" : (ALPHA3.get(code) ?? code);
  if (!ALPHA2.has(country))
    find("customer.country-unknown", path, "is not a country code of ISO-3166; it is sent as it is");
  return country;
}

function amountOf(value: unknown): number | string | undefined {
  const money = readMoney(value);
  // Four decimals hold every currency's minor units.
  return money !== undefined && (toMinor(money, 4) ?? -1) >= 0 && Number(money) >= 0 ? money : undefined;
}

/** A quantity, a fraction among them. A database may give a count as a text, or with decimals, as it gives amounts. */
function countOf(value: unknown): number | undefined {
  const isNumeric = typeof value === "bigint" || (typeof value === "string" && COUNT.test(value));
  const count = isNumeric ? Number(value) : value;
  return typeof count === "number" && count >= 0 && count <= MAX_ITEMS ? count : undefined;
}

/** A text, or the number that a database gave for one. */
function isTextual(value: unknown): value is string | number | bigint {
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint";
}
