import { createTracker, type Order, type TrackingContext } from "@avantlink-s2s/core";
import { postgresOutbox } from "@avantlink-s2s/outbox/postgres";
import { Pool } from "pg";

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
pool.on("error", (error) => console.error(error.message)); // an idle connection was lost
export const tracker = createTracker({ outbox: postgresOutbox({ query: pool }) });

export async function markPaid(id: string, order: Order, context: TrackingContext): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("UPDATE orders SET paid = true WHERE id = $1", [id]);
    await tracker.trackOrder(order, context, { transaction: client });
    await client.query("COMMIT"); // now the order will be sent; after a ROLLBACK it was never there
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

export const closePool = () => pool.end();
