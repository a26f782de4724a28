import { createHash } from "node:crypto";
import type { Pool, PoolClient } from "pg";
import type { Basket, Line } from "./basket.ts";

/** What the shopper may see of an order. */
export interface OrderStatus {
  readonly number: string;
  readonly status: "open" | "paid";
  /** In cents. */
  readonly total: number;
}

/** An order that has just been paid. Amounts are in cents. */
export interface PaidOrder {
  readonly number: string;
  /** Whether nobody had paid for an order with this e-mail address before. */
  readonly newCustomer: boolean;
  readonly country: string;
  readonly state: string;
  readonly lines: readonly Line[];
  readonly coupon: string | null;
  readonly discount: number;
  readonly subtotal: number;
  /** AvantLink: the shopper's context, as it was packed at the checkout. */
  readonly context: Readonly<Record<string, string>>;
}

/** Why an order was not marked paid. */
export type Unpaid = "paid before" | "wrong amount" | "unknown";

// PostgreSQL's advisory locks are numbers that the whole database shares; this is the one before the customer's.
const ONE_AT_A_TIME_OF_CUSTOMER = 7_304_222;

/** Takes an order that is still to be paid. */
export async function placeOrder(
  pool: Pool,
  { email, country, state, lines, coupon, discount, subtotal, total }: Basket,
  context: PaidOrder["context"], // AvantLink
): Promise<{ readonly id: string; readonly number: string }> {
  const { rows } = await pool.query(
    `INSERT INTO orders (customer, country, state, lines, coupon, discount, subtotal, total, context)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id, number`,
    [customerKey(email), country, state, JSON.stringify(lines), coupon, discount, subtotal, total, context],
  );
  return rows[0];
}

export async function findOrder(pool: Pool, id: string): Promise<OrderStatus | undefined> {
  const { rows } = await pool.query("SELECT number, status, total FROM orders WHERE id = $1", [id]);
  return rows[0];
}

/**
 * Marks an order paid, once, if the amount in cents is what it costs: of two that try at the same time, the second waits
 * for the first one's transaction and then finds nothing to do. The order, or why there is none.
 */
export async function markPaid(
  client: PoolClient,
  number: string,
  amount: number,
): Promise<PaidOrder | Unpaid> {
  // Two first orders that are paid at once do not see each other, so a customer's payments go one after the other. In a
  // statement of its own: the next one sees what was committed while this one waited.
  await client.query("SELECT pg_advisory_xact_lock($2, hashtext(customer)) FROM orders WHERE number = $1", [
    number,
    ONE_AT_A_TIME_OF_CUSTOMER,
  ]);
  const { rows } = await client.query<PaidOrder>(
    `UPDATE orders AS this SET status = 'paid', paid_at = now()
     WHERE number = $1 AND status = 'open' AND total = $2
     RETURNING number, country, state, lines, coupon, discount, subtotal, context,
       NOT EXISTS (SELECT 1 FROM orders WHERE customer = this.customer AND status = 'paid') AS "newCustomer"`,
    [number, amount],
  );
  if (rows[0]) return rows[0];
  const known = await client.query("SELECT status FROM orders WHERE number = $1", [number]);
  if (known.rowCount === 0) return "unknown";
  return known.rows[0].status === "paid" ? "paid before" : "wrong amount";
}

/** Erases the shopper's context, which is of no further use. */
export async function forgetContext(client: PoolClient, number: string): Promise<void> {
  await client.query("UPDATE orders SET context = NULL WHERE number = $1", [number]);
}

/**
 * Takes what was sold from the shelves.
 * @throws when there is not enough of something
 */
export async function takeFromStock(client: PoolClient, lines: readonly Line[]): Promise<void> {
  // In one order for everybody, so that two orders of the same things never wait for each other in a circle.
  for (const { sku, quantity } of lines.toSorted((a, b) => (a.sku < b.sku ? -1 : 1))) {
    await client.query("UPDATE stock SET on_hand = on_hand - $2 WHERE sku = $1", [sku, quantity]);
  }
}

/** Knows a customer again without keeping a list of addresses to search in. */
function customerKey(email: string): string {
  return createHash("sha256").update(email.toLowerCase()).digest("hex");
}
