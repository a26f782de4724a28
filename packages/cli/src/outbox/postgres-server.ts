import { CommandError, EXIT } from "../exit-codes.ts";
import type { FoundOutbox } from "./server-address.ts";
import { cannotConnect, placeOf } from "./server-address.ts";

// The schema that postgresOutbox uses by default.
const DEFAULT_SCHEMA = "avantlink";
const CONNECT_MS = 3_000;

/** The outbox in a PostgreSQL. Its tables must exist: creating them is the shop's task. */
export async function outboxOnPostgres({
  url,
  schema = DEFAULT_SCHEMA,
}: {
  readonly url: string;
  readonly schema: string | undefined;
}): Promise<FoundOutbox> {
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
  const release = () => pool.end();
  const outbox = postgresOutbox({ query: pool, schema });
  let isThere: boolean;
  try {
    const { rows } = await pool.query("SELECT to_regclass($1) IS NOT NULL AS there", [`${schema}.outbox`]);
    isThere = rows[0]?.there === true;
  } catch (cause) {
    await release();
    throw cannotConnect(place, "PostgreSQL", cause);
  }
  if (!isThere) {
    await release();
    throw new CommandError(
      EXIT.usage,
      `There is no outbox in the schema "${schema}" at ${place}.`,
      "Use --schema with the name that the shop's outbox has. A shop creates its schema when it first starts.",
    );
  }
  return {
    outbox,
    place,
    release,
  };
}
