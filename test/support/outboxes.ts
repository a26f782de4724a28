import type { Outbox } from "@avantlink-s2s/core";
import { bullmqOutbox } from "@avantlink-s2s/outbox/bullmq";
import { pgBossOutbox } from "@avantlink-s2s/outbox/pg-boss";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { PgBoss } from "pg-boss";

/** Which outbox on which store, as plain JSON, so that another process can open the same one. */
export type OutboxAddress =
  | { readonly kind: "sqlite"; readonly path: string }
  | { readonly kind: "bullmq"; readonly url: string; readonly queue: string }
  | { readonly kind: "pg-boss"; readonly url: string; readonly schema: string; readonly queue: string };

/** An outbox on a store. */
export async function outboxAt(address: OutboxAddress): Promise<Outbox> {
  if (address.kind === "sqlite") return sqliteOutbox({ path: address.path });
  if (address.kind === "bullmq") return bullmqOutbox({ connection: address.url, queue: address.queue });
  const boss = await startBoss(address);
  const outbox = pgBossOutbox({ boss, queue: address.queue });
  return {
    ...outbox,
    async close() {
      await outbox.close();
      await boss.stop({ graceful: false });
    },
  };
}

/** A shop's boss, with nothing but the defaults. */
export async function startBoss({ url, schema }: { url: string; schema: string }): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString: url, schema });
  await boss.start();
  return boss;
}
