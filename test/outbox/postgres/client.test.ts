import { randomUUID } from "node:crypto";
import type { Outbox } from "@avantlink-s2s/core";
import { type PostgresOutboxOptions, postgresOutbox } from "@avantlink-s2s/outbox/postgres";
import { aJob, keyOf } from "@avantlink-s2s/outbox/testing";
import { Pool } from "pg";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { postgresService } from "../../support/services.ts";
import { shiftedClock } from "../../support/shifted-clock.ts";

const service = await postgresService();
const missing = "missing" in service ? ` (skipped: ${service.missing})` : "";

describe.skipIf(missing)(`a client of PostgreSQL${missing}`, () => {
  const url = "url" in service ? service.url : "";
  const pool = new Pool({ connectionString: url });
  let schema: string;
  let outbox: Outbox | undefined;

  beforeEach(() => {
    schema = `test_${randomUUID().slice(0, 8)}`;
  });
  afterEach(async () => {
    await outbox?.close();
    await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  });
  afterAll(async () => {
    await pool.end();
  });

  async function openWith(query: PostgresOutboxOptions["query"]): Promise<Outbox> {
    outbox = postgresOutbox({ query, schema });
    await outbox.open(shiftedClock(), () => {});
    return outbox;
  }

  test("that has unsafe() for fragments beside query(), as Neon's has, stores orders", async () => {
    const neon = Object.assign(() => Promise.reject(new Error("only as a tagged template")), {
      query: async (text: string, params: (string | null)[]) => (await pool.query(text, params)).rows,
      unsafe: (text: string) => ({ sql: text }),
    });
    const opened = await openWith(neon);
    expect(await opened.put(aJob("1"))).toEqual({ status: "accepted" });
    expect(await opened.find(keyOf("1"))).toMatchObject({ status: "pending" });
  });
});
