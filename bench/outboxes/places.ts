import type { OutboxAddress } from "../../test/support/outboxes.ts";
import { type OwnServer, ownRedis, redisService } from "../../test/support/services.ts";
import { aStore } from "../../test/support/stores.ts";

export const DURABLE = ["sqlite", "bullmq", "pg-boss"] as const;
export type Durable = (typeof DURABLE)[number];

/** Empty stores of every kind that this machine has, and the names of those that it has not. */
export interface Stores {
  readonly kinds: readonly Durable[];
  readonly skipped: readonly string[];
  /** An empty one. */
  fresh(kind: Durable): Promise<{ readonly address: OutboxAddress; readonly end: () => Promise<void> }>;
  end(): Promise<void>;
}

/**
 * Redis is a server of our own that writes every order to the disk before it answers, unless REDIS_URL names one:
 * the servers that stand around usually do not.
 */
export async function findStores(): Promise<Stores> {
  const skipped: string[] = [];
  const kinds: Durable[] = [];
  let redis: Pick<OwnServer, "url" | "end"> | undefined;
  for (const kind of DURABLE) {
    if (kind === "bullmq") {
      redis = await durableRedis();
      if (!redis) {
        skipped.push("bullmq: no REDIS_URL and no redis-server to start");
        continue;
      }
    }
    const store = await aStore(kind, kind === "bullmq" ? redis : undefined);
    if ("missing" in store) skipped.push(`${kind}: ${store.missing}`);
    else {
      kinds.push(kind);
      await store.end();
    }
  }
  return {
    kinds,
    skipped,
    async fresh(kind) {
      const store = await aStore(kind, kind === "bullmq" ? redis : undefined);
      if ("missing" in store) throw new Error(store.missing);
      return store;
    },
    end: async () => redis?.end(),
  };
}

async function durableRedis(): Promise<Pick<OwnServer, "url" | "end"> | undefined> {
  if (process.env.REDIS_URL) {
    const service = await redisService();
    return "missing" in service ? undefined : service;
  }
  return ownRedis().catch(() => undefined);
}
