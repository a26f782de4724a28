import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { createTracker, type Outbox, type Tracker } from "@avantlink-s2s/core";
import { postgresOutbox } from "@avantlink-s2s/outbox/postgres";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { type Sandbox, startSandbox } from "@avantlink-s2s/sandbox";
import { Pool } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { runCommand } from "../support/command-line.ts";
import { anOrder, MERCHANT_ID } from "../support/orders.ts";
import { postgresService } from "../support/services.ts";

const page = await readFile(join(import.meta.dirname, "../../docs/serverless.md"), "utf8");
// In this folder, so that the page's code finds the packages that it imports.
const place = join(import.meta.dirname, `.serverless-${randomUUID().slice(0, 8)}`);
const SECRET = "a-secret-of-the-shop";

/** A file as the page prints it; the first line names it. */
function printed(name: string): string {
  const block = [...page.matchAll(/^```\w+\n([\s\S]*?)^```/gm)].find(([, code = ""]) =>
    code.split("\n")[0]?.endsWith(` ${name}`),
  );
  if (!block?.[1]) throw new Error(`The page has no ${name}.`);
  return block[1];
}

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

/** A function that stores an order and is gone before it has sent anything. */
async function storeOrder(outbox: Outbox, orderNumber: string): Promise<void> {
  const shop = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    outbox,
    deliver: false,
    onEvent() {},
  });
  await shop.start(); // a busy machine may take longer to open the outbox than an order may take
  expect(await shop.trackOrder(anOrder({ orderNumber }))).toMatchObject({ status: "accepted" });
  await shop.close({ timeoutMs: 0 });
}

const arrived = () =>
  sandbox.orders.map(({ body }) => (body as { order: { order_number: string } }).order.order_number);

const postgres = await postgresService();
const title = "the page's functions";
describe.skipIf("missing" in postgres)(
  "missing" in postgres ? `${title} (skipped: ${postgres.missing})` : title,
  () => {
    type Route = (request: Request) => Promise<Response>;
    type Shop = {
      fetch(
        request: Request,
        env: unknown,
        ctx: { waitUntil(work: Promise<unknown>): void },
      ): Promise<Response>;
    };
    const database = `serverless_${randomUUID().slice(0, 8)}`;
    const address = new URL("missing" in postgres ? "postgres://none" : postgres.url);
    const admin = new Pool({ connectionString: address.href });
    const pool = new Pool({ connectionString: Object.assign(new URL(address), { pathname: database }).href });
    const outbox = () => postgresOutbox({ query: pool });
    let route: { GET: Route; POST: Route };
    let shop: Shop;
    let tracker: Tracker;

    beforeAll(async () => {
      pool.on("error", () => {});
      await admin.query(`CREATE DATABASE ${database}`);
      Object.assign(process.env, {
        AVANTLINK_MERCHANT_ID: MERCHANT_ID,
        AVANTLINK_ENDPOINT: sandbox.url,
        DATABASE_URL: Object.assign(new URL(address), { pathname: database }).href,
        CRON_SECRET: SECRET,
      });
      const files = {
        "lib/tracker.ts": printed("lib/tracker.ts"),
        "api/avantlink.ts": printed("api/avantlink.ts"),
        "functions/thank-you.ts": printed("functions/thank-you.ts"),
        "shop.ts": `export const orderOf = () => (${JSON.stringify(anOrder({ orderNumber: "own" }))});
          export const thankYouPage = () => new Response("Thank you");`,
      };
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(place, name)), { recursive: true });
        await writeFile(join(place, name), text);
      }
      ({ tracker } = await import(join(place, "lib/tracker.ts")));
      route = await import(join(place, "api/avantlink.ts"));
      shop = (await import(join(place, "functions/thank-you.ts"))).default;
    });
    afterAll(async () => {
      await tracker?.close({ timeoutMs: 0 });
      await pool.end();
      // With the connections of the page's own pool, which lives as long as its function.
      await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`).catch(() => {});
      await admin.end();
      await rm(place, { recursive: true, force: true });
      if (!("missing" in postgres)) await postgres.end();
    });

    const call = (method: "GET" | "POST", bearer?: string) =>
      route[method](
        new Request("https://shop.example/api/avantlink", {
          method,
          headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
        }),
      );

    test("Vercel's cron job calls a route that is there, with the bearer, and the order arrives", async () => {
      const { crons } = JSON.parse(/^```json\n([\s\S]*?)^```/m.exec(page)?.[1] ?? "{}");
      expect(crons).toEqual([{ path: "/api/avantlink", schedule: expect.stringMatching(/^(\S+ ){4}\S+$/) }]);
      await storeOrder(outbox(), "by-cron");
      expect((await call("GET", SECRET)).status).toBe(200);
      await sandbox.waitForOrders(1);
      expect(arrived()).toEqual(["by-cron"]);
    });

    test("nobody without the secret wakes it, nor anybody where none is set", async () => {
      for (const bearer of [undefined, "", "another"]) expect((await call("GET", bearer)).status).toBe(401);
      process.env.CRON_SECRET = "";
      onTestFinished(() => {
        process.env.CRON_SECRET = SECRET;
      });
      expect((await call("GET", "")).status).toBe(401);
    });

    test("a queue calls back until nothing is due, and no order is sent twice by two calls at once", async () => {
      const numbers = Array.from({ length: 20 }, (_, index) => `queue-${index}`);
      for (const number of numbers) await storeOrder(outbox(), number);
      const untilDone = async (): Promise<void> => {
        if (!(await call("POST", SECRET)).ok) return untilDone();
      };
      await Promise.all([untilDone(), untilDone()]);
      await sandbox.waitForOrders(numbers.length);
      expect(arrived().toSorted()).toEqual(numbers.toSorted());
    });

    test.skipIf(!existsSync("/usr/bin/curl"))("GitHub Actions runs its step", async () => {
      const server = createServer(async ({ headers }, response) => {
        const answer = await call("GET", headers.authorization?.replace("Bearer ", ""));
        response.writeHead(answer.status).end(await answer.text());
      });
      await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
      onTestFinished(() => void server.close());
      const { port } = server.address() as AddressInfo;
      const step = /- run: (.*)/.exec(printed(".github/workflows/avantlink.yml"))?.[1] ?? "";
      expect(step).toContain("https://shop.example/");
      await storeOrder(outbox(), "by-actions");
      const command = step.replace("https://shop.example", `http://127.0.0.1:${port}`);
      const { PATH } = process.env;
      const { stdout } = await promisify(execFile)("bash", ["-c", command], {
        env: { PATH, CRON_SECRET: SECRET },
      });
      expect(JSON.parse(stdout)).toMatchObject({ timedOut: false });
      await sandbox.waitForOrders(1);
      const wrong = promisify(execFile)("bash", ["-c", command], { env: { PATH, CRON_SECRET: "wrong" } });
      await expect(wrong).rejects.toMatchObject({ code: 22 });
    });

    test("the thank-you page does not wait for AvantLink, and waitUntil does", async () => {
      sandbox.fail({ delayMs: 300 });
      const works: Promise<unknown>[] = [];
      const request = new Request("https://shop.example/thank-you", { headers: { accept: "text/html" } });
      const answer = await shop.fetch(request, {}, { waitUntil: (work) => works.push(work) });
      expect(await answer.text()).toBe("Thank you");
      expect(arrived()).toEqual([]);
      expect(works).not.toEqual([]);
      await Promise.all(works);
      expect(arrived()).toEqual(["own"]);
    });

    test("a CronJob of Kubernetes runs its command", async () => {
      const [, list = "[]"] = /command: (\[.*\])/.exec(printed("avantlink-deliver.yaml")) ?? [];
      const [npx, option, program, ...args] = JSON.parse(list) as string[];
      expect([npx, option, program]).toEqual(["npx", "--no-install", "avantlink-s2s"]);
      await storeOrder(outbox(), "by-kubernetes");
      // The address holds a password: it comes by the environment, which no process list shows.
      const [, name = "", key = ""] =
        /- name: (\w+)\n.*key: (\w+) }/.exec(printed("avantlink-deliver.yaml")) ?? [];
      const env = {
        AVANTLINK_MERCHANT_ID: MERCHANT_ID,
        AVANTLINK_ENDPOINT: sandbox.url,
        [name]: process.env[key] ?? "",
      };
      expect(await runCommand(args, { env })).toMatchObject({ code: 0 });
      expect(arrived()).toEqual(["by-kubernetes"]);
    });
  },
);

describe("a systemd timer", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "avantlink-timer-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("runs its service's command", async () => {
    const service = printed("/etc/systemd/system/avantlink.service");
    const [, command = ""] =
      /^ExecStart=\/usr\/bin\/npx --no-install avantlink-s2s (.*)$/m.exec(service) ?? [];
    const path = join(folder, "avantlink.sqlite");
    await storeOrder(sqliteOutbox({ path }), "by-timer");
    const args = command.replace("/var/lib/shop/avantlink.sqlite", path).split(" ");
    const env = { AVANTLINK_MERCHANT_ID: MERCHANT_ID, AVANTLINK_ENDPOINT: sandbox.url };
    expect(await runCommand(args, { env })).toMatchObject({ code: 0 });
    expect(arrived()).toEqual(["by-timer"]);
    expect(printed("/etc/systemd/system/avantlink.timer")).toMatch(/^OnCalendar=minutely$/m);
  });
});
