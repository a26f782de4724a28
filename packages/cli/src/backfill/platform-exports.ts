import { currencyCode, currencyDigits, formatMinor, splitLine, toMinor } from "@avantlink-s2s/core/money";
import type { Column } from "./column-names.ts";

/** Columns that only decide whether a platform's order can be sent, and for which prices. */
export type PlatformColumn = "status" | "canceled_at" | "total" | "shipping" | "taxes" | "line_discount";

/** The cells of an order that have a meaning, by column. */
export type OrderCells = Readonly<Partial<Record<Column | PlatformColumn, string>>>;

/** The order export that a platform offers by itself. */
export interface PlatformExport {
  readonly name: string;
  /** Titles that no other file has together. */
  readonly signs: readonly string[];
  readonly columns: Readonly<Record<string, Column | PlatformColumn>>;
  readonly isPaid: (order: OrderCells) => boolean;
  /** Whether an order that is not paid may have been: it was refunded or canceled. */
  readonly isReturned: (order: OrderCells) => boolean;
  /** Whether a text in the column of coupon codes may be what staff wrote. */
  readonly hasStaffsWords: boolean;
  /** The order's discount, and its lines with the prices that were paid; or why the order can't be sent. */
  readonly priced: (order: OrderCells, lines: readonly OrderCells[]) => PricedCells | string;
}

/** What an order's items cost, as its cells say. */
export interface PricedCells {
  readonly discount: string | undefined;
  readonly lines: readonly OrderCells[];
}

const SHOPIFY: PlatformExport = {
  name: "Shopify",
  signs: ["Name", "Financial Status", "Lineitem price", "Lineitem quantity"],
  columns: {
    Name: "order_number",
    "Financial Status": "status",
    "Cancelled at": "canceled_at",
    Currency: "currency",
    Subtotal: "subtotal",
    Shipping: "shipping",
    Taxes: "taxes",
    Total: "total",
    "Discount Code": "coupon_codes",
    "Discount Amount": "order_discount",
    "Lineitem quantity": "quantity",
    "Lineitem price": "unit_price",
    "Lineitem discount": "line_discount",
    "Lineitem sku": "sku",
    "Billing Province": "state",
    "Billing Country": "country",
  },
  isPaid: ({ status = "", canceled_at = "" }) =>
    canceled_at === "" && /^(?:paid|partially_refunded)$/i.test(status),
  isReturned: ({ status = "", canceled_at = "" }) => canceled_at !== "" || /^refunded$/i.test(status),
  hasStaffsWords: true,
  priced(order, lines) {
    const { subtotal, shipping = "0", taxes = "0", total } = order;
    const beside = Number(total) - Number(subtotal) - Number(shipping);
    // A tip or duties would hide that the tax is in the prices.
    if (Number(taxes) > 0 && !(Math.abs(beside - Number(taxes)) < 0.005))
      return `may have prices with tax, because Total is not Subtotal + Shipping + Taxes; the export does not say how much of each price is tax. ${MAP_INSTEAD}`;
    return shopifyPrices(order, lines);
  },
};

const MAP_INSTEAD = "Map the orders of Shopify's API with shopifyOrder (@avantlink-s2s/orders) instead";

/** "Discount Amount" also holds discounts on shipping, and those of lines. "Subtotal" says what came off the goods. */
function shopifyPrices(order: OrderCells, lines: readonly OrderCells[]): PricedCells | string {
  const digits = currencyDigits(currencyCode(order.currency) ?? "");
  const minor = (text = "0", times = 1) => toMinor(text, digits, times) ?? Number.NaN;
  const totals = lines.map(
    ({ unit_price, quantity, line_discount }) => minor(unit_price, Number(quantity)) - minor(line_discount),
  );
  const sum = totals.reduce((all, total) => all + total, 0);
  const off = sum - minor(order.subtotal);
  // Codes may stack, one on the goods and one on shipping.
  const isExplained = off >= 0 && off <= minor(order.order_discount);
  if (!isExplained || totals.some((total) => total < 0))
    return `has prices and discounts that do not come to Subtotal, so the export does not say what each item cost. ${MAP_INSTEAD}`;
  const split = lines.flatMap((line, index) =>
    line.line_discount === undefined || Number(line.quantity) === 0
      ? [line]
      : splitLine(totals[index] ?? 0, Number(line.quantity)).map(({ unit, quantity }) => {
          return { ...line, unit_price: formatMinor(unit, digits), quantity: `${quantity}` };
        }),
  );
  return { discount: formatMinor(off, digits), lines: split };
}

const WOOCOMMERCE: PlatformExport = {
  name: "WooCommerce",
  signs: ["Order #", "Status", "Customer type", "Items sold"],
  columns: {
    "Order #": "order_number",
    Status: "status",
    "Customer type": "new_customer",
    "Coupon(s)": "coupon_codes",
    "Net sales": "subtotal",
    "Net Sales": "subtotal",
    "N. Revenue": "subtotal",
  },
  isPaid: ({ status = "" }) => /^(?:processing|completed)$/i.test(status),
  isReturned: ({ status = "" }) => /^(?:refunded|cancelled)$/i.test(status),
  hasStaffsWords: false,
  priced: ({ order_discount: discount }, lines) => ({ discount, lines }),
};

/** The platform whose own export has such a header. */
export function platformOf(header: readonly string[]): PlatformExport | undefined {
  const titles = new Set(header.map((title) => title.toLowerCase()));
  return [SHOPIFY, WOOCOMMERCE].find(({ signs }) => signs.every((sign) => titles.has(sign.toLowerCase())));
}
