import { randomUUID } from "node:crypto";
import { type Sandbox, startSandbox } from "@avantlink-s2s/sandbox";
import { Client } from "pg";
import { describe, expect, test, vi } from "vitest";
import { aContext, anOrder, MERCHANT_ID } from "../support/orders.ts";
import { postgresService } from "../support/services.ts";
import { openPrograms, visit } from "./run-sample.ts";

const service = await postgresService();

/** Runs with an empty database and a sandbox. */
async function withDatabase(
  run: (database: string, sandbox: Sandbox, client: Client) => Promise<void>,
): Promise<void> {
  if ("missing" in service) return;
  const admin = new Client({ connectionString: service.url });
  await admin.connect();
  const name = `docs_${randomUUID().slice(0, 8)}`;
  await admin.query(`CREATE DATABASE ${name}`);
  const url = new URL(service.url);
  url.pathname = name;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  const sandbox = await startSandbox();
  try {
    await run(url.href, sandbox, client);
  } finally {
    await sandbox.close();
    await client.end();
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  }
}

describe.skipIf("missing" in service)(
  `with PostgreSQL${"missing" in service ? `: ${service.missing}` : ""}`,
  () => {
    test("what a web process of docs/deploy.md accepts, a worker delivers", () =>
      withDatabase(async (database, sandbox) => {
        const programs = openPrograms();
        const env = { DATABASE_URL: database, AVANTLINK_ENDPOINT: sandbox.url };
        try {
          const web = await programs.start("servers/web.mjs", env);
          await visit(`${web.url}/checkout/thank-you`);
          expect(sandbox.requests).toEqual([]);
          await programs.start("servers/worker.mjs", env);
          const [order] = await sandbox.waitForOrders(1);
          expect(order?.body).toMatchObject({ order: { order_number: "1001" } });
        } finally {
          await programs.end();
        }
      }));

    test("a worker of docs/deploy.md in a dry run is not healthy", () =>
      withDatabase(async (database) => {
        const programs = openPrograms();
        try {
          const worker = await programs.start("servers/worker.mjs", { DATABASE_URL: database });
          expect((await fetch(worker.url)).status).toBe(503);
        } finally {
          await programs.end();
        }
      }));

    test("the transaction of packages/outbox marks the order paid and accepts it, or does neither", () =>
      withDatabase(async (database, sandbox, client) => {
        await client.query("CREATE TABLE orders (id text PRIMARY KEY, paid boolean)");
        await client.query("INSERT INTO orders VALUES ('A', false)");
        vi.stubEnv("DATABASE_URL", database);
        vi.stubEnv("AVANTLINK_ENDPOINT", sandbox.url);
        vi.stubEnv("AVANTLINK_MERCHANT_ID", MERCHANT_ID);
        const { markPaid, tracker, closePool } = await import("./samples/outbox/transaction.ts");
        vi.unstubAllEnvs();
        await markPaid("A", anOrder(), aContext());
        await sandbox.waitForOrders(1);
        const paid = async (id: string) =>
          (await client.query("SELECT paid FROM orders WHERE id = $1", [id])).rows[0].paid;
        expect(await paid("A")).toBe(true);

        await client.query("INSERT INTO orders VALUES ('B', false)");
        await client.query("BEGIN");
        const order = anOrder({ orderNumber: "B" });
        await tracker.trackOrder(order, aContext(), { transaction: client }); // holds the number
        await expect(markPaid("B", order, aContext())).rejects.toMatchObject({
          code: expect.stringMatching(/^outbox\./),
        });
        await client.query("ROLLBACK");
        expect(await paid("B")).toBe(false);
        await tracker.close();
        await closePool();
      }));
  },
);
