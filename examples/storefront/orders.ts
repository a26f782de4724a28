import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Delivery } from "./checkout.ts";
import { type Cart, cartLines, type Totals, totalsOf } from "./pricing.ts";

/** A line of an order, at the price on the day of the order. */
interface PlacedLine {
  readonly sku: string;
  readonly name: string;
  /** The price of one, in cents, before the coupon. */
  readonly unitPrice: number;
  readonly quantity: number;
}

/** An order as the shop keeps it. */
export interface PlacedOrder {
  readonly number: string;
  readonly delivery: Delivery;
  /** Whether this is the first order with this e-mail address. */
  readonly newCustomer: boolean;
  readonly coupon?: string | undefined;
  readonly lines: readonly PlacedLine[];
  readonly totals: Totals;
}

/** The shop's orders. */
export interface Orders {
  /** Stores an order for the goods in the cart and returns its number. */
  place(cart: Cart, delivery: Delivery): string;
  find(number: string | undefined): PlacedOrder | undefined;
}

export function openOrders(database: DatabaseSync): Orders {
  database.exec(`
    CREATE TABLE IF NOT EXISTS orders (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      number TEXT UNIQUE,
      customer TEXT NOT NULL,
      placed_at TEXT NOT NULL,
      details TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS orders_by_customer ON orders (customer);
  `);
  const earlier = database.prepare("SELECT 1 FROM orders WHERE customer = ? LIMIT 1");
  const insert = database.prepare(
    "INSERT INTO orders (customer, placed_at, details) VALUES (?, ?, ?) RETURNING id",
  );
  const setNumber = database.prepare("UPDATE orders SET number = ? WHERE id = ?");
  const byNumber = database.prepare("SELECT details FROM orders WHERE number = ?");

  function insertOrder(cart: Cart, delivery: Delivery): string {
    const customer = customerKey(delivery.email);
    const details: Omit<PlacedOrder, "number"> = {
      delivery,
      newCustomer: earlier.get(customer) === undefined,
      coupon: cart.coupon,
      lines: cartLines(cart).map(({ product: { sku, name, price }, quantity }) => ({
        sku,
        name,
        unitPrice: price,
        quantity,
      })),
      totals: totalsOf(cart),
    };
    const id = Number(insert.get(customer, new Date().toISOString(), JSON.stringify(details))?.id);
    const number = `LL-${10_000 + id}`;
    setNumber.run(number, id);
    return number;
  }

  return {
    place(cart, delivery) {
      // With two orders at the same time, only one can be the customer's first.
      database.exec("BEGIN IMMEDIATE");
      try {
        const number = insertOrder(cart, delivery);
        database.exec("COMMIT");
        return number;
      } catch (cause) {
        database.exec("ROLLBACK");
        throw cause;
      }
    },
    find(number) {
      const row = number === undefined ? undefined : byNumber.get(number);
      return row && { ...JSON.parse(String(row.details)), number };
    },
  };
}

/** Identifies a returning customer without a searchable list of e-mail addresses. */
function customerKey(email: string): string {
  return createHash("sha256").update(email.trim().toLowerCase()).digest("hex");
}
