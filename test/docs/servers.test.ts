import { randomUUID } from "node:crypto";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { Client } from "pg";
import { expect, test } from "vitest";
import { postgresService } from "../support/services.ts";
import { openPrograms, visit } from "./run-sample.ts";

const service = await postgresService();

test.skipIf("missing" in service)(
  `what a web process of docs/deploy.md accepts, a worker delivers${"missing" in service ? `: ${service.missing}` : ""}`,
  async () => {
    if ("missing" in service) return;
    const admin = new Client({ connectionString: service.url });
    await admin.connect();
    const database = `docs_${randomUUID().slice(0, 8)}`;
    await admin.query(`CREATE DATABASE ${database}`);
    const url = new URL(service.url);
    url.pathname = database;
    const sandbox = await startSandbox();
    const programs = openPrograms();
    const env = { DATABASE_URL: url.href, AVANTLINK_ENDPOINT: sandbox.url };
    try {
      const web = await programs.start("servers/web.mjs", env);
      await visit(`${web.url}/checkout/thank-you`);
      expect(sandbox.requests).toEqual([]);
      await programs.start("servers/worker.mjs", env);
      const [order] = await sandbox.waitForOrders(1);
      expect(order?.body).toMatchObject({ order: { order_number: "1001" } });
    } finally {
      await programs.end();
      await sandbox.close();
      await admin.query(`DROP DATABASE ${database} WITH (FORCE)`);
      await admin.end();
      await service.end();
    }
  },
);
