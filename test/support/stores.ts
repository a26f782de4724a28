import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { Pool } from "pg";
import type { OutboxAddress } from "./outboxes.ts";
import { removeKeys } from "./redis-contents.ts";
import { postgresService, redisService, type Service } from "./services.ts";

/** A durable store for a test, or why there is none. */
export type Store =
  | { readonly address: OutboxAddress; readonly end: () => Promise<void> }
  | { readonly missing: string };

/** The names of the durable outboxes. */
export const DURABLE = ["sqlite", "bullmq", "postgres"] as const;

/** An empty store of a kind, on the given server or on a server that tests may use. */
export async function aStore(kind: (typeof DURABLE)[number], on?: { readonly url: string }): Promise<Store> {
  const name = `test_${randomUUID().slice(0, 8)}`;
  if (kind === "sqlite") {
    const folder = await mkdtemp(join(tmpdir(), "avantlink-outbox-"));
    return { address: { kind, path: join(folder, "orders.db") }, end: () => rm(folder, { recursive: true }) };
  }
  const service: Service = on
    ? { url: on.url, async end() {} }
    : await (kind === "bullmq" ? redisService() : postgresService());
  if ("missing" in service) return service;
  const { url } = service;
  if (kind === "bullmq") {
    return {
      address: { kind, url, queue: name },
      async end() {
        const redis = new Redis(url);
        await removeKeys(redis, `{avantlink}?${name}:*`);
        redis.disconnect();
        await service.end();
      },
    };
  }
  return {
    address: { kind, url, schema: name },
    async end() {
      const pool = new Pool({ connectionString: url });
      await pool.query(`DROP SCHEMA IF EXISTS ${name} CASCADE`);
      await pool.end();
      await service.end();
    },
  };
}
