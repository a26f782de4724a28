import { randomUUID } from "node:crypto";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { Miniflare } from "miniflare";
import { Pool } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { postgresService } from "../../support/services.ts";
import { bundled } from "../../web/runtimes/bundled.ts";
import { sqlOverHttp } from "./clients.ts";

const service = await postgresService();
const title = "orders that a Worker accepted over HTTP are delivered by the next wake, each once";
const name = "missing" in service ? `${title} (skipped: ${service.missing})` : title;

test.skipIf("missing" in service)(name, async () => {
  if ("missing" in service) return;
  const sandbox = await startSandbox();
  const sql = await sqlOverHttp(service.url);
  const schema = `test_${randomUUID().slice(0, 8)}`;
  const worker = new Miniflare({
    modules: true,
    script: await bundled(new URL("worker.ts", import.meta.url).pathname),
    compatibilityDate: "2026-07-01",
    bindings: { ENDPOINT: sandbox.url, SQL_URL: sql.url, SCHEMA: schema },
  });
  onTestFinished(async () => {
    await worker.dispose();
    await sql.end();
    await sandbox.close();
    const pool = new Pool({ connectionString: service.url });
    await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    await pool.end();
  });
  const { origin } = await worker.ready;
  const ask = async (path: string): Promise<Readonly<Record<string, unknown>>> =>
    (await fetch(`${origin}${path}`)).json() as never;

  const numbers = Array.from({ length: 20 }, (_, index) => `W-${index}`);
  /** As a webhook's sender does: once more where nothing was stored. */
  async function track(number: string): Promise<void> {
    const { status, shouldRetry } = await ask(`/thank-you?order=${number}`);
    if (shouldRetry) return track(number);
    expect(["accepted", "duplicate"]).toContain(status);
  }
  await Promise.all(numbers.map(track));
  expect(await ask("/thank-you?order=W-0")).toMatchObject({ status: "duplicate" });
  expect(sandbox.requests).toEqual([]);

  sandbox.fail({ status: 503, times: 3 });
  const wakes = await Promise.all([ask("/deliver-due"), ask("/deliver-due")]);
  const sum = (field: string) => wakes.map((wake) => Number(wake[field])).reduce((a, b) => a + b);
  expect([sum("delivered"), sum("retrying")]).toEqual([17, 3]);
  expect(new Set(sandbox.orders.map(({ body }) => JSON.stringify(body))).size).toBe(17);
});
