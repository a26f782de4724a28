import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { Pool } from "pg";
import { afterAll, onTestFinished } from "vitest";
import type { OutboxAddress } from "../support/outboxes.ts";
import { postgresService, redisService } from "../support/services.ts";

/** An empty outbox, and how to name it. */
export interface Store {
  readonly address: OutboxAddress;
  /** The options that name it to the command. */
  readonly named: readonly string[];
}

const redis = await redisService();
const postgres = await postgresService();
afterAll(async () => {
  if (!("missing" in redis)) await redis.end();
  if (!("missing" in postgres)) await postgres.end();
});

/** A folder for one test. */
export async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "avantlink-cli-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Every durable outbox that the command can open. */
export const STORES: readonly { readonly name: string; readonly missing?: string; make(): Promise<Store> }[] =
  [
    {
      name: "sqlite",
      async make() {
        const path = join(await aFolder(), "orders.db");
        return { address: { kind: "sqlite", path }, named: ["--sqlite", path] };
      },
    },
    {
      name: "redis",
      ...("missing" in redis && { missing: redis.missing }),
      async make() {
        const url = "missing" in redis ? "" : redis.url;
        const queue = `test-cli-${randomUUID().slice(0, 8)}`;
        onTestFinished(async () => {
          const client = new Redis(url);
          const keys = await client.keys(`{avantlink}?${queue}:*`);
          if (keys.length > 0) await client.del(keys);
          client.disconnect();
        });
        return { address: { kind: "bullmq", url, queue }, named: ["--redis", url, "--queue", queue] };
      },
    },
    {
      name: "postgres",
      ...("missing" in postgres && { missing: postgres.missing }),
      async make() {
        const url = "missing" in postgres ? "" : postgres.url;
        const schema = `avantlink_test_${randomUUID().slice(0, 8)}`;
        onTestFinished(async () => {
          const pool = new Pool({ connectionString: url });
          await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
          await pool.end();
        });
        const named = ["--postgres", url, "--schema", schema];
        return {
          address: { kind: "postgres", url, schema },
          named,
        };
      },
    },
  ];
