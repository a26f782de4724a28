import { randomUUID } from "node:crypto";
import { pgBossOutbox } from "@avantlink-s2s/outbox/pg-boss";
import { Pool } from "pg";
import { afterAll, describe, test } from "vitest";
import { testOutbox } from "../conformance/outbox.ts";
import { startBoss } from "../support/outboxes.ts";
import { postgresService } from "../support/services.ts";
import { shiftedClock } from "../support/shifted-clock.ts";

const service = await postgresService();

if ("missing" in service) {
  describe.skip(`the pg-boss outbox (skipped: ${service.missing})`, () => {
    test("is proved with a PostgreSQL server", () => {});
  });
} else {
  const { url } = service;
  const schema = `avantlink_test_${randomUUID().slice(0, 8)}`;
  const boss = await startBoss({ url, schema });
  const pool = new Pool({ connectionString: url });
  let stores = 0;

  afterAll(async () => {
    await boss.stop({ graceful: false });
    await pool.query(`DROP SCHEMA ${schema} CASCADE`);
    await pool.end();
    await service.end();
  });

  testOutbox(
    "pg-boss",
    async () => {
      const queue = `orders-${++stores}`;
      return {
        runtime: shiftedClock(),
        address: { kind: "pg-boss", url, schema, queue },
        outbox: async () => pgBossOutbox({ boss, queue }),
        async endLeases() {
          await pool.query(
            `UPDATE ${schema}.job SET started_on = started_on - interval '60 s' WHERE name = $1 AND state = 'active'`,
            [queue],
          );
        },
        async holds(text) {
          const { rows } = await pool.query(
            `SELECT 1 FROM ${schema}.job WHERE name = $1 AND strpos(to_jsonb(job)::text, $2) > 0`,
            [queue, text],
          );
          return rows.length > 0;
        },
        end: () => boss.deleteQueue(queue),
      };
    },
    { records: "it is being rebuilt" },
  );
}
