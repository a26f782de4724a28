import type { OutboxAddress } from "../../test/support/outboxes.ts";
import {
  type OwnServer,
  ownRedis,
  postgresService,
  redisService,
  type Service,
} from "../../test/support/services.ts";
import { aStore } from "../../test/support/stores.ts";

export const DURABLE = ["sqlite", "bullmq", "postgres"] as const;
export type Durable = (typeof DURABLE)[number];

/** Empty stores of every kind that this machine has, and the names of those that it has not. */
export interface Stores {
  readonly kinds: readonly Durable[];
  readonly skipped: readonly string[];
  /** An empty one. */
  fresh(kind: Durable): Promise<{ readonly address: OutboxAddress; readonly end: () => Promise<void> }>;
  end(): Promise<void>;
}

/** What a server is asked of. */
type Server = Pick<OwnServer, "url" | "end">;

/** Finds the servers that the stores need, and starts what is not there. */
export async function findStores(): Promise<Stores> {
  const servers = new Map<Durable, Server>();
  const skipped: string[] = [];
  for (const [kind, find] of [
    ["bullmq", durableRedis],
    ["postgres", postgresService],
  ] as const) {
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

/** One that writes every order to the disk before it answers, as those that stand around usually do not. */
async function durableRedis(): Promise<Service> {
  return process.env.REDIS_URL ? redisService() : ownRedis();
}
