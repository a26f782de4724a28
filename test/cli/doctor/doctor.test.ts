import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTracker } from "@avantlink-s2s/core";
import { systemRuntime } from "@avantlink-s2s/core/adapter";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, afterEach, expect, test } from "vitest";
import { runCommand } from "../../support/command-line.ts";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";
import { outboxAt } from "../../support/outboxes.ts";
import { postgresService } from "../../support/services.ts";
import { aStore } from "../../support/stores.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Checked {
  readonly status: string;
  readonly about: string;
  readonly found: string;
}

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "avantlink-cli-"));
  ends.push(() => rm(folder, { recursive: true }));
  return folder;
}

/** What the doctor finds; by default of a shop that is set up well and talks to a sandbox. */
async function examine(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const sandbox = await startSandbox();
  ends.push(() => sandbox.close());
  const { code, stdout } = await runCommand(["doctor", "--json", ...args], {
    env: { AVANTLINK_MERCHANT_ID: MERCHANT_ID, AVANTLINK_ENDPOINT: sandbox.url, ...env },
    cwd: await aFolder(),
  });
  const { checks }: { checks: readonly Checked[] } = JSON.parse(stdout);
  const of = (about: string) => checks.filter((check) => check.about === about);
  return { code, checks, of, sandbox };
}

test("a shop that is set up well passes, and nothing is sent", async () => {
  const { code, checks, of, sandbox } = await examine();
  expect(checks.filter(({ status }) => status === "bad")).toEqual([]);
  expect(of(new URL(sandbox.url).host)).toMatchObject([{ status: "ok" }]);
  expect(code).toBe(0);
  expect(sandbox.requests).toHaveLength(0);
});

test("the reach of an endpoint is found out without one byte of HTTP", async () => {
  const received: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on("data", (chunk) => received.push(chunk)).on("error", () => {});
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { of } = await examine([], { AVANTLINK_ENDPOINT: `http://127.0.0.1:${port}` });
  server.close();
  await once(server, "close");
  expect(of(`127.0.0.1:${port}`)).toMatchObject([{ status: "ok" }]);
  expect(received).toEqual([]);
});

test("AvantLink's older merchant number is not taken for the UUID", async () => {
  const { code, of } = await examine([], { AVANTLINK_MERCHANT_ID: "12345" });
  expect(of("merchantId")).toMatchObject([
    { status: "bad", found: expect.stringContaining("older merchant number") },
  ]);
  expect(code).toBe(1);
});

test("an endpoint that does not answer is bad", async () => {
  const { code, of } = await examine([], { AVANTLINK_ENDPOINT: "http://127.0.0.1:1" });
  expect(of("127.0.0.1:1")).toMatchObject([
    { status: "bad", found: expect.stringContaining("connection refused") },
  ]);
  expect(code).toBe(1);
});

test("a blank endpoint is AvantLink itself, as the tracker has it", async () => {
  const env = { AVANTLINK_ENDPOINT: " ", HTTPS_PROXY: "http://127.0.0.1:1", NODE_ENV: "production" };
  const { code, of } = await examine([], env);
  expect(of("client.avantlink.com")).toHaveLength(1);
  expect(of("mode")).toMatchObject([{ found: expect.stringMatching(/^live/) }]);
  expect(code).toBe(0);
});

const AVANTLINK = "https://client.avantlink.com";
// A proxy, so that nobody tries to reach AvantLink itself.
const AWAY = { AVANTLINK_ENDPOINT: AVANTLINK, HTTPS_PROXY: "http://127.0.0.1:1" };

test.each([
  ["live", "production", { ...AWAY, NODE_ENV: "production" }],
  ["dry-run", "NODE_ENV", { ...AWAY, NODE_ENV: "development" }],
  ["dry-run", "VERCEL_ENV", { ...AWAY, NODE_ENV: "production", VERCEL_ENV: "preview" }],
  ["dry-run", "Netlify", { ...AWAY, NODE_ENV: "production", NETLIFY: "true", CONTEXT: "deploy-preview" }],
  ["dry-run", "IS_PULL_REQUEST", { ...AWAY, NODE_ENV: "production", IS_PULL_REQUEST: "true" }],
  ["build", "building", { ...AWAY, NEXT_PHASE: "phase-production-build" }],
  ["live", "on this machine", {}],
])("the mode is %s, and the reason names %s", async (mode, reason, env) => {
  const { of } = await examine([], env);
  const [{ status, found } = { status: "", found: "" }] = of("mode");
  expect(status).toBe(mode === "live" ? "ok" : "warn");
  expect(found).toMatch(new RegExp(`^${mode}\\b`));
  expect(found).toContain(reason);
});

test.each([
  ["AVANTLINK_MODE", { ...AWAY, NODE_ENV: "production", AVANTLINK_MODE: "dry-run" }],
  ["NODE_ENV", { ...AWAY, NODE_ENV: "development" }],
])("the advice about a dry run names what caused it: %s", async (cause, env) => {
  expect((await examine([], env)).of("mode")).toMatchObject([{ advice: expect.stringContaining(cause) }]);
});

test("a sandbox in production is a warning", async () => {
  const { of } = await examine([], { NODE_ENV: "production" });
  expect(of("mode")).toMatchObject([
    { status: "warn", found: expect.stringContaining("AvantLink gets nothing") },
  ]);
});

const NOBODY = "https://nobody.invalid";
test.each([
  [true, { HTTPS_PROXY: "http://127.0.0.1:1" }],
  [true, { http_proxy: "http://127.0.0.1:1", no_proxy: "example,other.invalid" }],
  [true, { https_proxy: "http://127.0.0.1:1", NO_PROXY: "nobody.invalid:8443" }],
  [false, { HTTPS_PROXY: "http://127.0.0.1:1", NO_PROXY: "example, .NOBODY.invalid:443" }],
  [false, { HTTPS_PROXY: "http://127.0.0.1:1", no_proxy: "invalid" }],
  [false, { HTTPS_PROXY: "http://127.0.0.1:1", NO_PROXY: "*" }],
  [false, { HTTPS_PROXY: "http://127.0.0.1:1", https_proxy: "" }],
])("it is %s that deliveries take a proxy with %o", async (isProxied, env) => {
  const { of } = await examine([], { AVANTLINK_ENDPOINT: NOBODY, ...env });
  expect(of("nobody.invalid")).toMatchObject([{ status: isProxied ? "fyi" : "bad" }]);
});

test("the command for an .env file names the program itself, since pnpm's shim is a shell script", async () => {
  const manifest = new URL("../../../packages/cli/package.json", import.meta.url);
  const { name, bin } = JSON.parse(await readFile(manifest, "utf8"));
  const program = join("node_modules", name, bin["avantlink-s2s"]);
  const command = `node --env-file=.env.production ${program} doctor`;
  expect((await runCommand(["doctor", "--help"])).stdout).toContain(command);
  for (const page of ["packages/cli/README.md", "docs/going-live.md"])
    expect(await readFile(new URL(`../../../${page}`, import.meta.url), "utf8")).toContain(command);
});

test("a cookie domain that the site may not use is bad", async () => {
  const { code, of } = await examine([
    "--site-url",
    "https://shop.example",
    "--cookie-domain",
    "other.example",
  ]);
  expect(of("cookies.domain")).toContainEqual(expect.objectContaining({ status: "bad" }));
  expect(code).toBe(1);
});

test("cookie days outside of a year are bad, as the tracker would say", async () => {
  const { code, of } = await examine(["--cookie-days", "400"]);
  expect(of("cookies.days")).toMatchObject([{ status: "bad" }]);
  expect(code).toBe(1);
});

test("an outbox's dead letters and its safety are reported", async () => {
  const path = join(await aFolder(), "orders.db");
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: "http://127.0.0.1:1",
    outbox: sqliteOutbox({ path }),
    deliver: false,
    onEvent: () => {},
  });
  await tracker.trackOrder(anOrder({ currency: "dollars" }), aContext());
  await tracker.close();
  const { code, of } = await examine(["--sqlite", path]);
  const found = of("outbox").map(({ found }) => found);
  expect(found).toContainEqual(expect.stringContaining("synchronous=FULL"));
  expect(found).toContain("1 dead letter");
  expect(code).toBe(0);
});

const postgres = await postgresService();
afterAll(async () => {
  if (!("missing" in postgres)) await postgres.end();
});
const noPostgres = "missing" in postgres ? ` (skipped: ${postgres.missing})` : "";

test.skipIf(noPostgres)(`what PostgreSQL may lose in a power cut is reported${noPostgres}`, async () => {
  const store = await aStore("postgres", "missing" in postgres ? undefined : postgres);
  if ("missing" in store || store.address.kind !== "postgres") return expect.unreachable();
  ends.push(() => store.end());
  const { url, schema } = store.address;
  const outbox = await outboxAt(store.address);
  ends.push(() => outbox.close());
  await outbox.open(systemRuntime, () => {});
  const named = (address: string) => ["--postgres", address, "--schema", schema];
  const found = async (address: string) =>
    (await examine(named(address))).of("outbox").map(({ status, found }) => `${status} ${found}`);
  expect(await found(url)).toContainEqual(expect.stringMatching(/^ok .*synchronous_commit on/));
  const loose = `${url}${url.includes("?") ? "&" : "?"}options=${encodeURIComponent("-c synchronous_commit=off")}`;
  expect(await found(loose)).toContainEqual(expect.stringMatching(/^warn .*synchronous_commit/));
});

test("an outbox that is not there is bad, and not made", async () => {
  const path = join(await aFolder(), "none.db");
  const { code, of } = await examine(["--sqlite", path]);
  expect(of("outbox")).toMatchObject([{ status: "bad" }]);
  expect(code).toBe(1);
  await expect(stat(path)).rejects.toThrow("ENOENT");
});

/** What a package of ours asks for beside it. */
async function asks(name: string): Promise<object> {
  const manifest = new URL(`../../../packages/${name}/package.json`, import.meta.url);
  return { peerDependencies: JSON.parse(await readFile(manifest, "utf8")).peerDependencies };
}

test("what is installed beside our packages is held against what they ask for", async () => {
  const shop = await aFolder();
  for (const [name, version, more = {}] of [
    ["express", "4.17.1"],
    ["next", "17.0.0"],
    ["bullmq", "5.60.0"],
    ["ioredis", "5.4.1"],
    ["better-sqlite3", "a fork of ours"],
    ["@avantlink-s2s/core", "0.1.0"],
    ["@avantlink-s2s/express", "0.2.0", await asks("express")],
    ["@avantlink-s2s/next", "0.2.0", await asks("next")],
    ["@avantlink-s2s/outbox", "0.2.0", await asks("outbox")],
  ] as const) {
    await mkdir(join(shop, "node_modules", name), { recursive: true });
    const manifest = JSON.stringify({ name, version, ...more });
    await writeFile(join(shop, "node_modules", name, "package.json"), manifest);
  }
  const { code, of } = await examine(["--shop", shop]);
  expect(of("express")).toMatchObject([{ status: "bad" }]);
  expect(of("next")).toMatchObject([{ status: "warn" }]);
  expect(of("bullmq")).toMatchObject([{ status: "bad" }]);
  expect(of("ioredis")).toMatchObject([{ status: "ok" }]);
  expect(of("better-sqlite3")).toEqual([]);
  expect(of("packages")).toMatchObject([{ status: "bad" }]);
  expect(code).toBe(1);
});
