import { randomUUID } from "node:crypto";
import { postgresOutbox } from "@avantlink-s2s/outbox/postgres";
import { testOutbox } from "@avantlink-s2s/outbox/testing";
import { Pool } from "pg";
import { afterAll, describe, test } from "vitest";
import { processOn } from "../../conformance/process-on.ts";
import { postgresService } from "../../support/services.ts";
import { shiftedClock } from "../../support/shifted-clock.ts";
import { CLIENTS } from "./clients.ts";

const service = await postgresService();

for (const { name, connect, missing, alone } of CLIENTS) {
  const because = "missing" in service ? service.missing : await missing?.();
  if ("missing" in service || because !== undefined) {
    describe.skip(`the postgres outbox on ${name} (skipped: ${because})`, () => {
      test("is proved with it", () => {});
    });
    continue;
  }
  const { url } = service;
  const run = randomUUID().slice(0, 8);
  const client = await connect(url);
  const pool = new Pool({ connectionString: url });
  const admin = client.own ? client.own : (sql: string, params: string[] = []) => pool.query(sql, params);
  let stores = 0;

  afterAll(async () => {
    await client.end();
    await pool.end();
  });

  testOutbox(
    `postgres (${name})`,
    async () => {
      stores += 1;
      const schema = `test_${run}_${stores}`;
      const pending = `UPDATE ${schema}.outbox SET`;
      return {
        runtime: shiftedClock(),
        process: () => processOn({ kind: "postgres", url, schema }),
        outbox: async () => postgresOutbox({ query: client.query, schema }),
        async endLeases() {
          await admin(
            `${pending} leased_until = leased_until - interval '60 s' WHERE leased_until > '-infinity'`,
          );
        },
        async setClockBack(ms) {
          await admin(
            `${pending} due = due + $1::float8 * interval '1 ms', scheduled_at = scheduled_at + $1::float8 * interval '1 ms'`,
            [`${ms}`],
          );
        },
        async holds(text) {
          const { rows } = await admin(
            `SELECT 1 FROM ${schema}.outbox WHERE strpos(to_jsonb(outbox)::text, $1) > 0`,
            [text],
          );
          return rows.length > 0;
        },
        async end() {
          await admin(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
        },
      };
    },
    alone === undefined ? {} : { processes: alone },
  );
}
