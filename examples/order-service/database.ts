import { Pool, type PoolClient } from "pg";
import { log, said } from "./log.ts";

export const databaseUrl = process.env.DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";

/** A process's connections to the shop's database. */
export function openDatabase(): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    application_name: "order-service",
    max: 10,
    // A request that cannot get a connection, or a statement that hangs, fails rather than wait for ever.
    connectionTimeoutMillis: 3_000,
    statement_timeout: 10_000,
  });
  // An idle connection that breaks is replaced when the next is needed. Unheard, the event would end the process.
  pool.on("error", (error) => log("warn", "database.connection-lost", { error: said(error) }));
  return pool;
}

/** Runs something in one transaction: all of it happens, or nothing of it. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("BEGIN");
    const result = await work(client);
    const { command } = await client.query("COMMIT");
    // That is how PostgreSQL answers when a statement had failed and the failure was swallowed.
    if (command !== "COMMIT") throw new Error("The transaction was rolled back instead of committed.");
    return result;
  } catch (cause) {
    await client.query("ROLLBACK").catch((error: Error) => {
      broken = error;
    });
    throw cause;
  } finally {
    // A connection whose transaction could not even be ended goes to nobody else.
    client.release(broken);
  }
}
