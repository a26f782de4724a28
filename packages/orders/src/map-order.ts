import type { MapperResult, TrackingContext } from "@avantlink-s2s/core";
import { currencyCode, currencyDigits, formatMinor, LARGEST_AMOUNT } from "@avantlink-s2s/core/money";
import { type Exact, NOTHING, total } from "./exact.ts";
import { Field } from "./field.ts";
import { Notes } from "./notes.ts";
import type { Refusal, Sale } from "./sale.ts";
import { settle } from "./settle.ts";

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
  open(document: Field): Field;
  number(order: Field, notes: Notes): string | undefined;
  /** Why the order is not to be sent, if so. Without a status that says whether it is paid, it is an issue. */
  refusal(order: Field, notes: Notes, options: Options): Refusal | undefined;
  sale(order: Field, notes: Notes, options: Options): Sale;
}

/** Reads an order as its platform says. Whatever it is given, the answer is a value. */
export function mapOrder<Options extends MapOptions>(
  document: unknown,
  options: Options,
  platform: Platform<Options>,
): MapperResult {
  const notes = new Notes();
  try {
    return mapped(platform, platform.open(new Field(document, "", notes)), options, notes);
  } catch {
    return refused("unmappable", undefined, [
      { path: "", message: "could not be read as this platform's order" },
    ]);
  }
}

function mapped<Options extends MapOptions>(
  platform: Platform<Options>,
  order: Field,
  options: Options,
  notes: Notes,
): MapperResult {
  if (typeof order.value !== "object") {
    return refused("unmappable", undefined, [
      { path: order.path, message: "holds no order; an object is expected" },
    ]);
  }
  const orderNumber = options.orderNumber ?? platform.number(order, notes);
  const refusal = platform.refusal(order, notes, options);
  if (refusal) {
    const { status, path, message } = refusal;
    return refused(status, orderNumber, [{ path, message }]);
  }
  if (notes.issues.length > 0) return refused("unmappable", orderNumber, notes.issues);
  const sale = platform.sale(order, notes, options);
  if (orderNumber === undefined)
    notes.issue("orderNumber", "is missing; an order without a number cannot be sent");
  const currency = currencyCode(sale.currency.value);
  if (!currency) notes.issue(sale.currency.path, "is no currency; a code of three letters is expected");
  if (sale.discount?.lt(0)) notes.issue("discount", "is negative; a discount is expected");
  if (largest(sale).gt(LARGEST_AMOUNT)) notes.issue("", `holds an amount of more than ${LARGEST_AMOUNT}`);
  if (notes.issues.length > 0 || orderNumber === undefined || !currency) {
    return refused("unmappable", orderNumber, notes.issues);
  }
  const digits = currencyDigits(currency);
  const { products, discount, subtotal } = settle(sale, digits, notes);
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
    findings: notes.findings,
  };
}

function largest(sale: Sale): Exact {
  const amounts = [sale.discount ?? NOTHING, ...(sale.stated?.amounts ?? [])];
  return total([...sale.lines.map((line) => line.total), ...amounts].map((amount) => amount.abs()));
}

function refused(
  status: "unpaid" | "test" | "unmappable",
  orderNumber: string | undefined,
  issues: readonly { path: string; message: string }[],
): MapperResult {
  return { status, ...(orderNumber === undefined ? {} : { orderNumber }), issues };
}

function couponCodes(sale: Sale): readonly string[] {
  return [...new Set(sale.couponCodes?.filter((code) => code !== undefined))];
}

function context(context: TrackingContext | undefined): { context?: TrackingContext } {
  const known = Object.entries(context ?? {}).filter(([, value]) => value !== undefined);
  return known.length > 0 ? { context: Object.fromEntries(known) } : {};
}
