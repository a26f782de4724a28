import type { Outbox } from "@avantlink-s2s/core";
import { bullmqOutbox } from "@avantlink-s2s/outbox/bullmq";
import { postgresOutbox } from "@avantlink-s2s/outbox/postgres";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { Pool } from "pg";

/** Which outbox on which store, as plain JSON, so that another process can open the same one. */
export type OutboxAddress =
  | { readonly kind: "sqlite"; readonly path: string }
  | { readonly kind: "bullmq"; readonly url: string; readonly queue: string }
  | { readonly kind: "postgres"; readonly url: string; readonly schema: string };

/** An outbox on a store. */
export async function outboxAt(address: OutboxAddress): Promise<Outbox> {
  if (address.kind === "sqlite") return sqliteOutbox({ path: address.path });
  if (address.kind === "bullmq") return bullmqOutbox({ connection: address.url, queue: address.queue });
  const pool = new Pool({ connectionString: address.url });
  // A connection that breaks while it is idle is replaced; without a listener it would end the process.
  pool.on("error", () => {});
  const outbox = postgresOutbox({ query: pool, schema: address.schema });
  return {
    ...outbox,
    async close() {
      await outbox.close();
      await pool.end();
    },
  };
}
