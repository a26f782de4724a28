import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Outbox } from "@avantlink-s2s/core";
import { systemRuntime } from "@avantlink-s2s/core/adapter";
import { bullmqOutbox } from "@avantlink-s2s/outbox/bullmq";
import { postgresOutbox } from "@avantlink-s2s/outbox/postgres";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { Redis } from "ioredis";
import { Pool } from "pg";
import { afterEach, describe, expect, test } from "vitest";
import { EXIT } from "../../../packages/cli/src/exit-codes.ts";
import { runCommand } from "../../support/command-line.ts";
import { anOrder, MERCHANT_ID } from "../../support/orders.ts";
import { ifInstalled, ownPostgres, ownRedis, postgresService, redisService } from "../../support/services.ts";
import { aStore } from "../../support/stores.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "avantlink-cli-"));
  ends.push(() => rm(folder, { recursive: true }));
  return folder;
}

const stats = (...named: readonly string[]) => runCommand(["outbox", "stats", ...named]);

/** A server with no queue on it yet. */
interface Server {
  /** The options that name it, but for the queue or the schema. */
  readonly named: readonly string[];
  /** The option for that. */
  readonly option: "--queue" | "--schema";
  /** The shop's outbox there; without a name, by the default name. */
  outbox(queue?: string): Outbox;
  /** Whatever stands there for orders. */
  contents(queue: string): Promise<readonly string[]>;
}

async function redisAt(url: string): Promise<Server> {
  const redis = new Redis(url);
  ends.push(() => redis.disconnect());
  return {
    named: ["--redis", url],
    option: "--queue",
    outbox: (queue) => bullmqOutbox({ connection: url, queue }),
    contents: (queue) => redis.keys(`{avantlink}?${queue}:*`),
  };
}

const SERVERS: readonly {
  readonly name: string;
  make(): Promise<{ readonly server: Server; readonly queue: string } | { readonly missing: string }>;
}[] = [
  {
    name: "Redis",
    async make() {
      const service = await redisService();
      if ("missing" in service) return service;
      ends.push(() => service.end());
      const store = await aStore("bullmq", service);
      if ("missing" in store || store.address.kind !== "bullmq") return expect.unreachable();
      ends.push(() => store.end());
      return { server: await redisAt(service.url), queue: store.address.queue };
    },
  },
  {
    name: "PostgreSQL",
    async make() {
      const service = await postgresService();
      if ("missing" in service) return service;
      ends.push(() => service.end());
      const store = await aStore("postgres", service);
      if ("missing" in store || store.address.kind !== "postgres") return expect.unreachable();
      ends.push(() => store.end());
      const { url, schema } = store.address;
      const pool = new Pool({ connectionString: url });
      ends.push(() => pool.end());
      const server: Server = {
        named: ["--postgres", url],
        option: "--schema",
        outbox: (queue) => postgresOutbox({ query: pool, schema: queue }),
        async contents(queue) {
          const { rows } = await pool.query(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = $1 ORDER BY 1",
            [queue],
          );
          return rows.map(({ table_name }) => String(table_name));
        },
      };
      return { server, queue: schema };
    },
  },
];

/** Opens an outbox as a shop does that starts, with no order yet. */
async function open(outbox: Outbox): Promise<void> {
  await outbox.open(systemRuntime, () => {});
  ends.push(() => outbox.close());
}

describe.each(SERVERS)("an outbox on $name", ({ make }) => {
  test("that nobody has made is named in the error, and not made", async ({ skip }) => {
    const made = await make();
    if ("missing" in made) return skip(made.missing);
    const { server, queue } = made;
    await open(server.outbox(queue));
    const mistyped = `${queue}_typo`;
    const before = await server.contents(mistyped);
    const { code, stdout, stderr } = await stats(...server.named, server.option, mistyped);
    expect(stdout).toBe("");
    expect(stderr).toContain(`"${mistyped}"`);
    expect(stderr).toContain(server.option);
    expect(code).toBe(EXIT.usage);
    expect(await server.contents(mistyped)).toEqual(before);
  });

  test("that nobody has made gets no orders of the past", async ({ skip }) => {
    const made = await make();
    if ("missing" in made) return skip(made.missing);
    const { server, queue } = made;
    const before = await server.contents(queue);
    const sandbox = await startSandbox();
    ends.push(() => sandbox.close());
    const file = join(await aFolder(), "orders.ndjson");
    await writeFile(file, JSON.stringify({ ...anOrder(), context: { avad: "77_past" } }));
    const { code } = await runCommand(
      ["backfill", file, "--send", "--yes", ...server.named, server.option, queue],
      {
        env: { AVANTLINK_MERCHANT_ID: MERCHANT_ID, AVANTLINK_ENDPOINT: sandbox.url },
      },
    );
    expect(code).toBe(EXIT.usage);
    expect(sandbox.requests).toHaveLength(0);
    expect(await server.contents(queue)).toEqual(before);
  });

  test("is there from the shop's start on, before the first order", async ({ skip }) => {
    const made = await make();
    if ("missing" in made) return skip(made.missing);
    const { server, queue } = made;
    await open(server.outbox(queue));
    const { code, stdout } = await stats(...server.named, server.option, queue, "--json");
    expect(code).toBe(EXIT.ok);
    expect(JSON.parse(stdout)).toMatchObject({ accepted: 0 });
  });
});

test("without --schema, the default schema of PostgreSQL is opened", async ({ skip }) => {
  // The shared PostgreSQL may hold a schema of that name.
  const own = await ifInstalled(ownPostgres);
  if (!own) return skip("no PostgreSQL to start");
  ends.push(() => own.end());
  const pool = new Pool({ connectionString: own.url });
  pool.on("error", () => {});
  ends.push(() => pool.end());
  expect((await stats("--postgres", own.url)).code).toBe(EXIT.usage);
  await open(postgresOutbox({ query: pool }));
  expect((await stats("--postgres", own.url)).code).toBe(EXIT.ok);
});

test("without --queue, the default queue of Redis is opened", async ({ skip }) => {
  // The shared Redis may hold a queue of that name.
  const own = await ifInstalled(ownRedis);
  if (!own) return skip("no redis-server to start");
  ends.push(() => own.end());
  const server = await redisAt(own.url);
  expect((await stats(...server.named)).code).toBe(EXIT.usage);
  await open(server.outbox());
  expect((await stats(...server.named)).code).toBe(EXIT.ok);
});

test("a file that is not there is named in the error, and not made", async () => {
  const folder = await aFolder();
  const path = join(folder, "typo", "none.db");
  const { code, stderr } = await stats("--sqlite", path);
  expect(stderr).toContain(path);
  expect(stderr).toContain("--sqlite");
  expect(code).toBe(EXIT.usage);
  expect(await readdir(folder)).toEqual([]);
});

test("a Redis that is not there is out of reach, and its password is not printed", async () => {
  const { code, stderr } = await stats("--redis", "redis://:secret@127.0.0.1:1");
  expect(stderr).toContain("connection refused");
  expect(stderr).not.toContain("secret");
  expect(code).toBe(EXIT.unreachable);
});

test("a Redis that takes the connection and never answers is out of reach", async () => {
  const silent = createServer((socket) => void socket.on("error", () => {}).resume());
  ends.push(() => silent.close());
  const port = await new Promise<number>((resolve) => {
    silent.listen(0, "127.0.0.1", () => {
      const address = silent.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
  expect((await stats("--redis", `redis://127.0.0.1:${port}`)).code).toBe(EXIT.unreachable);
});

test("an outbox is asked for when none or two are named", async () => {
  expect((await stats()).code).toBe(EXIT.usage);
  expect((await stats("--sqlite", "a", "--redis", "redis://x")).code).toBe(EXIT.usage);
});
