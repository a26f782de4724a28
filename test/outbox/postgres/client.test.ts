import { randomUUID } from "node:crypto";
import type { Outbox } from "@avantlink-s2s/core";
import { type PostgresOutboxOptions, postgresOutbox } from "@avantlink-s2s/outbox/postgres";
import { aJob, keyOf } from "@avantlink-s2s/outbox/testing";
import { Pool } from "pg";
import postgres from "postgres";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { postgresService } from "../../support/services.ts";
import { shiftedClock } from "../../support/shifted-clock.ts";

const service = await postgresService();
const missing = "missing" in service ? ` (skipped: ${service.missing})` : "";

describe.skipIf(missing)(`a client of PostgreSQL${missing}`, () => {
  const url = "url" in service ? service.url : "";
  const pool = new Pool({ connectionString: url });
  // As a shop in JavaScript may have set it, so that columns have names in camel case.
  const renaming = postgres(url, { transform: postgres.camel, onnotice: () => {} });
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
    await renaming.end();
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

  test("that gives rows by other column names, or none, is refused when the outbox is opened", async () => {
    for (const query of [renaming, async () => []])
      await expect(openWith(query)).rejects.toMatchObject({
        code: "outbox.unfit",
        message: expect.stringContaining("column names"),
      });
  });

  test("that gives a transaction's rows by other column names stores no order there", async () => {
    const opened = await openWith(pool);
    await renaming.begin(async (transaction) => {
      await transaction`SET LOCAL lock_timeout = '7s'`;
      await expect(opened.put(aJob("1"), { transaction })).rejects.toMatchObject({
        code: "outbox.unfit",
        message: expect.stringContaining("column names"),
      });
      expect(await transaction`SHOW lock_timeout`).toMatchObject([{ lockTimeout: "7s" }]);
    });
    expect(await opened.find(keyOf("1"))).toBeUndefined();
  });
});
