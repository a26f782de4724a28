import { createTracker, type Order, type TrackingContext } from "@avantlink-s2s/core";
import { postgresOutbox } from "@avantlink-s2s/outbox/postgres";
import { Pool } from "pg";

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
pool.on("error", (error) => console.error(error.message)); // an idle connection was lost
export const tracker = createTracker({ outbox: postgresOutbox({ query: pool }) });

export async function markPaid(id: string, order: Order, context: TrackingContext): Promise<void> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("BEGIN");
    await client.query("UPDATE orders SET paid = true WHERE id = $1", [id]);
    const receipt = await tracker.trackOrder(order, context, { transaction: client });
    if (receipt.shouldRetry) throw receipt.error; // nothing was kept: pay and track again later
    await client.query("COMMIT"); // now the order will be sent; after a ROLLBACK it was never there
  } catch (error) {
    await client.query("ROLLBACK").catch((cause: Error) => {
      broken = cause;
    });
    throw error;
  } finally {
    client.release(broken); // a connection that broke is used no more
  }
}

export const closePool = () => pool.end();
