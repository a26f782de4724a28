import { type OwnServer, ownRedis, postgresService, redisService } from "../test/support/services.ts";
import { aStore, DURABLE, type Store } from "../test/support/stores.ts";

/** An engine that keeps orders durably. */
export type Durable = (typeof DURABLE)[number];

/** Empty stores on every engine that this machine has. */
export interface Stores {
  readonly kinds: readonly Durable[];
  /** The engines that are missing, with the reason. */
  readonly skipped: readonly string[];
  /** An empty store. */
  fresh(kind: Durable): Promise<Exclude<Store, { readonly missing: string }>>;
  end(): Promise<void>;
}

/** Finds the servers that the stores need, and starts those that are not there. */
export async function findStores(): Promise<Stores> {
  const servers = new Map<Durable, Pick<OwnServer, "url" | "end">>();
  const skipped: string[] = [];
  const finders = [
    // A Redis that writes each order to the disk before it answers, which others usually do not.
    ["bullmq", process.env.REDIS_URL ? redisService : ownRedis],
    ["postgres", postgresService],
  ] as const;
  for (const [kind, find] of finders) {
    const found = await find().catch((cause: unknown) => ({ missing: String(cause) }));
    if ("missing" in found) skipped.push(`${kind}: ${found.missing}`);
    else servers.set(kind, found);
  }
  return {
    kinds: DURABLE.filter((kind) => kind === "sqlite" || servers.has(kind)),
    skipped,
    async fresh(kind) {
      const store = await aStore(kind, servers.get(kind));
      if ("missing" in store) throw new Error(store.missing);
      return store;
    },
    async end() {
      for (const server of servers.values()) await server.end();
    },
  };
}
