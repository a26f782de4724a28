import type { Outbox } from "@avantlink-s2s/core";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";

/** Which outbox on which store, as plain JSON, so that another process can open the same one. */
export type OutboxAddress = { readonly kind: "sqlite"; readonly path: string };

/** An outbox on a store. */
export async function outboxAt(address: OutboxAddress): Promise<Outbox> {
  return sqliteOutbox({ path: address.path });
}
