import { rm } from "node:fs/promises";
import { request } from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { LifeDetail, View } from "@avantlink-s2s/sandbox/page";
import { describe, expect, onTestFinished, test } from "vitest";
import { startCommand } from "../../support/command-line.ts";
import { MERCHANT_ID } from "../../support/orders.ts";
import { aStore, DURABLE } from "../../support/stores.ts";
import { anOutage, HOSTILE, openDesk, optionsFor } from "./an-outage.ts";

async function aDesk(
  kind: (typeof DURABLE)[number],
  skip: (why: string) => void,
  env?: Readonly<Record<string, string>>,
) {
  const store = await aStore(kind);
  if ("missing" in store) return skip(store.missing);
  onTestFinished(store.end);
  await anOutage(store.address);
  const url = await openDesk(store.address, env);
  const get = async (path: string): Promise<never> => (await fetch(url + path)).json() as never;
  const view = (query = ""): Promise<View> => get(`api/view${query}`);
  const life = (id = ""): Promise<LifeDetail> => get(`api/items/${id}`);
  const body = (id = ""): Promise<{ body: string }> => get(`api/items/${id}/body`);
  return { url, view, life, body, address: store.address };
}

async function anOutageOnPostgres(skip: (why: string) => void) {
  const store = await aStore("postgres");
  if ("missing" in store) return skip(store.missing);
  onTestFinished(store.end);
  if (store.address.kind !== "postgres") return expect.unreachable();
  await anOutage(store.address);
  return store.address;
}

/** Asks with any header and any path. */
function ask(url: string, { path = new URL(url).pathname, method = "GET", headers = {} }): Promise<number> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(url);
    const sent = request({ port, path, method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.end();
  });
}

const names = (view: View) => view.list.rows.map(({ title }) => title.name);

describe.each(DURABLE)("the desk over %s", { timeout: 60_000 }, (kind) => {
  test("shows how the outbox stands, what waits, what is dead, and what became of a delivered order", async ({
    skip,
  }) => {
    const desk = await aDesk(kind, skip);
    if (!desk) return;
    const view = await desk.view();
    expect(view.desk?.figures).toMatchObject([
      { label: "Accepted today", note: "5 in all" },
      { label: "Delivered of them", note: "1 in all" },
      {
        label: "Waiting",
        value: "2",
        note: expect.stringMatching(/1003, was accepted \d+ s ago/),
        tone: "fault",
      },
      { label: "Dead letters", value: "2", tone: "bad" },
      { note: expect.stringContaining("503") },
    ]);
    const hours = async () => (await desk.view()).desk?.hours ?? [];
    await expect.poll(async () => (await hours()).length, { timeout: 15_000 }).toBe(12);
    const sum = (kind: "delivered" | "waiting" | "dead", all: Awaited<ReturnType<typeof hours>>) =>
      all.reduce((count, hour) => count + hour[kind], 0);
    const shown = await hours();
    expect([sum("delivered", shown), sum("waiting", shown), sum("dead", shown)]).toEqual([1, 2, 2]);
    expect(names(view)).toEqual(["1003", HOSTILE, "1004", "1002"]);
    expect(names(await desk.view("?show=waiting"))).toEqual(["1003", HOSTILE]);
    expect(names(await desk.view("?show=dead"))).toEqual(["1004", "1002"]);
    expect(names(await desk.view("?search=client.x"))).toEqual(["1002"]);
    const delivered = await desk.view("?search=1001");
    expect(delivered.list.rows).toMatchObject([{ title: { name: "1001" }, brief: "delivered" }]);
    expect(await desk.life(delivered.list.rows[0]?.id)).toMatchObject({ commands: [], hasBody: false });
    expect(await desk.view("?search=9999")).toMatchObject({ list: { total: 0 } });
  });

  test("gives a waiting order's body only when it is asked for, and AvantLink's own words never", async ({
    skip,
  }) => {
    const desk = await aDesk(kind, skip);
    if (!desk) return;
    const { list } = await desk.view();
    const lives = await Promise.all(list.rows.map(({ id }) => desk.life(id)));
    const shown = JSON.stringify([list, lives]);
    for (const secret of ["203.0.113.7", "Firefox", "77_f3afbe121"]) expect(shown).not.toContain(secret);
    expect(JSON.stringify(lives.at(-1))).not.toContain("onerror");
    const { body } = await desk.body(list.rows[0]?.id);
    expect(JSON.parse(body)).toMatchObject({
      user_ip_address: "203.0.113.7",
      order: { order_number: "1003" },
    });
  });
});

test("the commands that it offers can be run as they are", { timeout: 60_000 }, async ({ skip }) => {
  const desk = await aDesk("sqlite", skip);
  if (!desk) return;
  const { list } = await desk.view("?show=dead");
  const life = await desk.life(list.rows[1]?.id);
  const commands = life.commands.map(({ command }) => command);
  expect(commands).toHaveLength(5);
  for (const command of commands) expect(command).toContain(optionsFor(desk.address).join(" "));
  const remove = (commands.at(-1) ?? "").replace("npx avantlink-s2s ", "").split(" ");
  const removed = startCommand([...remove, "--yes"]);
  expect((await removed.finished).code).toBe(0);
  expect(await desk.life(life.id)).toMatchObject({
    outcome: { sentence: expect.stringContaining("removed") },
  });
});

test("its commands deliver to the endpoint that it was started with", { timeout: 60_000 }, async ({
  skip,
}) => {
  const AVANTLINK_ENDPOINT = "http://127.0.0.1:4010";
  const desk = await aDesk("sqlite", skip, { AVANTLINK_MERCHANT_ID: MERCHANT_ID, AVANTLINK_ENDPOINT });
  if (!desk) return;
  const { list } = await desk.view();
  const { commands } = await desk.life(list.rows[0]?.id);
  expect(commands[0]?.command).toMatch(/outbox deliver .*--endpoint http:\/\/127\.0\.0\.1:4010 --for 60s$/);
});

test("a password in the address's query is in no command", { timeout: 60_000 }, async ({ skip }) => {
  const address = await anOutageOnPostgres(skip);
  if (!address) return;
  const server = new URL(address.url);
  const password = server.password || "open-sesame";
  server.search = `user=${server.username}&password=${password}`;
  server.username = server.password = "";
  const url = await openDesk({ ...address, url: server.href });
  const view = (await (await fetch(`${url}api/view?show=dead`)).json()) as View;
  const life = await (await fetch(`${url}api/items/${view.list.rows[0]?.id}`)).text();
  expect(life).toContain("outbox retry");
  expect(life).toContain("password=***");
  expect(life).not.toContain(password);
});

test("says why it can't read while PostgreSQL is away, and goes on when it is back", {
  timeout: 60_000,
}, async ({ skip }) => {
  const address = await anOutageOnPostgres(skip);
  if (!address) return;
  const server = new URL(address.url);
  const target = { host: server.hostname, port: Number(server.port || 5432) };
  const sockets = new Set<Socket>();
  const way = createServer((socket) => {
    const behind = connect(target);
    for (const end of [socket, behind]) sockets.add(end.on("error", () => {}));
    socket.pipe(behind).pipe(socket);
  });
  const open = (port: number) => new Promise<void>((resolve) => way.listen(port, "127.0.0.1", resolve));
  const cut = async () => {
    const closed = new Promise((resolve) => way.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await open(0);
  onTestFinished(cut);
  const { port } = way.address() as AddressInfo;
  server.host = `127.0.0.1:${port}`;
  const url = await openDesk({ ...address, url: server.href });
  const view = async () => (await fetch(`${url}api/view`)).json();
  expect(await view()).toMatchObject({ list: { total: 4 } });
  await cut();
  expect(await view()).toEqual({
    error: expect.stringMatching(/^The outbox cannot be read or written\. PostgreSQL \(ECONNREFUSED\)/),
  });
  await open(port);
  expect(await view()).toMatchObject({ list: { total: 4 } });
});

test("goes on showing the orders of a SQLite file that was removed, and says so", {
  timeout: 60_000,
}, async ({ skip }) => {
  const desk = await aDesk("sqlite", skip);
  if (desk?.address.kind !== "sqlite") return;
  const { path } = desk.address;
  for (const end of ["", "-wal", "-shm"]) await rm(path + end, { force: true });
  const problems = async () => (await desk.view()).desk?.problems;
  await expect
    .poll(problems, { timeout: 30_000 })
    .toEqual([expect.stringContaining("was removed or replaced while in use")]);
  expect(names(await desk.view())).toEqual(["1003", HOSTILE, "1004", "1002"]);
});

test("a hostile order number is in no command", { timeout: 60_000 }, async ({ skip }) => {
  const desk = await aDesk("sqlite", skip);
  if (!desk) return;
  const { list } = await desk.view("?show=waiting");
  const { commands } = await desk.life(list.rows[1]?.id);
  expect(JSON.stringify(commands)).not.toContain("onerror");
});

test("without a merchant it says why it can't find a delivered order", { timeout: 60_000 }, async ({
  skip,
}) => {
  const desk = await aDesk("sqlite", skip, { AVANTLINK_MERCHANT_ID: "" });
  if (!desk) return;
  expect(await desk.view("?search=1001")).toMatchObject({
    list: { total: 0, remark: expect.stringContaining("AVANTLINK_MERCHANT_ID") },
  });
});

test("nobody reaches the desk without its address, under another name, or from another site", {
  timeout: 60_000,
}, async ({ skip }) => {
  const desk = await aDesk("sqlite", skip);
  if (!desk) return;
  const { url } = desk;
  const { port, pathname } = new URL(url);
  const status = (asked: object) => ask(url, asked);
  expect(await status({})).toBe(200);
  expect(await status({ headers: { host: `localhost:${port}` } })).toBe(200);
  for (const path of [
    "/",
    "/api/view",
    "/app.js",
    "/x/",
    pathname.slice(0, -1),
    `${pathname.slice(0, -2)}/`,
    "/../",
  ])
    expect(await status({ path }), path).toBe(404);
  const view = `${pathname}api/view`;
  for (const headers of [
    { host: `evil.example:${port}` },
    { host: "127.0.0.1.evil.example" },
    { origin: "https://evil.example" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" },
    { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" },
  ])
    expect(await status({ path: view, headers }), JSON.stringify(headers)).toBe(403);
  const response = await fetch(url);
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
  expect(response.headers.get("referrer-policy")).toBe("no-referrer");
  expect(response.headers.get("cache-control")).toBe("no-cache");
});

test("it only reads: every method that changes something is refused", { timeout: 60_000 }, async ({
  skip,
}) => {
  const desk = await aDesk("sqlite", skip);
  if (!desk) return;
  const { pathname } = new URL(desk.url);
  const headers = { "X-AvantLink-Sandbox": "page" };
  for (const [method, path] of [
    ["DELETE", "api/requests"],
    ["POST", "api/faults"],
    ["POST", "api/undo"],
    ["PUT", "api/view"],
  ])
    expect(await ask(desk.url, { method, path: pathname + path, headers }), `${method} ${path}`).toBe(404);
  expect(await ask(desk.url, { method: "POST", path: `${pathname}api/view` })).toBe(403);
  expect((await desk.view()).desk?.figures).toMatchObject([{ note: "5 in all" }, {}, {}, {}, {}]);
});

test("each start has another token, which is not in the process list", { timeout: 60_000 }, async ({
  skip,
}) => {
  const desk = await aDesk("sqlite", skip);
  if (!desk) return;
  const other = await openDesk(desk.address, { AVANTLINK_MERCHANT_ID: MERCHANT_ID });
  expect(new URL(other).pathname).not.toBe(new URL(desk.url).pathname);
  expect(new URL(other).pathname).toMatch(/^\/[\w-]{32}\/$/);
});
