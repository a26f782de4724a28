import type { Outbox } from "@avantlink-s2s/core";
import { bullmqOutbox } from "@avantlink-s2s/outbox/bullmq";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";

/** Which outbox on which store, as plain JSON, so that another process can open the same one. */
export type OutboxAddress =
  | { readonly kind: "sqlite"; readonly path: string }
  | { readonly kind: "bullmq"; readonly url: string; readonly queue: string };

/** An outbox on a store. */
export async function outboxAt(address: OutboxAddress): Promise<Outbox> {
  if (address.kind === "sqlite") return sqliteOutbox({ path: address.path });
  return bullmqOutbox({ connection: address.url, queue: address.queue });
}
