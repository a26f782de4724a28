import { CommandError, EXIT } from "../exit-codes.ts";
import type { FoundOutbox } from "./found-outbox.ts";
import { cannotConnect, noOutbox, placeOf } from "./server-address.ts";

const CONNECT_MS = 3_000;

/** The outbox in a PostgreSQL, by default in the schema that `postgresOutbox` uses by default. */
export async function outboxOnPostgres(url: string, schema = "avantlink"): Promise<FoundOutbox> {
  const place = placeOf(url, ["postgres:", "postgresql:"], "postgres://localhost/shop");
  const { Pool } = await import("pg").catch((cause: unknown) => {
    const help = "Install it beside this command: npm install --save-dev pg";
    const message = "An outbox on PostgreSQL needs pg, which is not installed here.";
    throw new CommandError(EXIT.unreachable, message, help, cause);
  });
  const { postgresOutbox } = await import("@avantlink-s2s/outbox/postgres");
  const pool = new Pool({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  // pg repeats every error as a rejection of the call.
  pool.on("error", () => {});
  const outbox = postgresOutbox({ query: pool, schema });
  try {
    const { rows } = await pool
      .query("SELECT to_regclass($1) IS NOT NULL AS there", [`${schema}.outbox`])
      .catch((cause: unknown) => {
        throw cannotConnect(place, "PostgreSQL", cause);
      });
    // Creating the tables is the shop's task.
    if (!rows[0]?.there)
      throw noOutbox(`There is no outbox in the schema "${schema}" at ${place}.`, "schema");
  } catch (cause) {
    await pool.end();
    throw cause;
  }
  return { outbox, place, release: () => pool.end() };
}
