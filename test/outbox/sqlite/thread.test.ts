import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Worker } from "node:worker_threads";
import type { Outbox } from "@avantlink-s2s/core";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { aJob, bench, delivered, keyOf, stateIn } from "@avantlink-s2s/outbox/testing";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { loadDriver, sharedNow } from "../../../packages/outbox/src/sqlite/driver.ts";
import { openFile } from "../../../packages/outbox/src/sqlite/open-file.ts";
import { openInThread } from "../../../packages/outbox/src/sqlite/open-in-thread.ts";
import { shiftedClock } from "../../support/shifted-clock.ts";

const openDatabase = await loadDriver();

let path: string;
let problems: string[];

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), "avantlink-outbox-"));
  path = join(folder, "orders.db");
  problems = [];
  return () => rm(folder, { recursive: true });
});

async function anOutbox(): Promise<Outbox> {
  const outbox = sqliteOutbox({ path });
  onTestFinished(() => outbox.close());
  await outbox.open(shiftedClock(), ({ code }) => problems.push(code));
  return outbox;
}

/** The next thread that this process starts. */
async function nextThread(): Promise<Worker> {
  const [worker] = await once(process, "worker");
  return worker;
}

const soon = () => sharedNow() + 60_000;

test("pages are answered while the disk writes", async () => {
  const outbox = await anOutbox();
  const body = JSON.stringify("x".repeat(100_000));
  let isStored = false;
  const storing = Promise.all(
    Array.from({ length: 100 }, (_, n) => outbox.put({ ...aJob(`${n}`), body })),
  ).finally(() => {
    isStored = true;
  });
  let turns = 0;
  for (; !isStored; turns += 1) await setImmediate();
  await storing;
  // One commit: on the event loop, it would end within a few turns.
  expect(turns).toBeGreaterThan(20);
});

test("what fails within a transaction undoes the rest of it, its counts too", async () => {
  const file = await openFile(path);
  const put = (number: string) => ["put", aJob(number), Date.now()] as const;
  await expect(file.write([put("1"), ["put", {}, 0]], soon())).rejects.toThrow();
  await file.write([put("2")], soon());
  expect(await file.read(["totals"])).toMatchObject({ accepted: 1, pending: 1 });
  await file.close();
});

test("orders are stored while a long list is read", async () => {
  const outbox = await anOutbox();
  const now = Date.now();
  const other = openDatabase(path);
  other.exec(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
     INSERT INTO outbox (key, status, kind, order_number, body, accepted_at, due, scheduled_at, settled_at)
     SELECT 'k' || i, 'delivered', 'order', '', '', ${now}, 0, 0, ${now} FROM n`,
  );
  other.close();
  const ended: string[] = [];
  const listing = outbox.settled.list({ from: now, until: now + 1 }).finally(() => ended.push("listed"));
  await outbox.put(aJob("1")).finally(() => ended.push("stored"));
  expect(new Set((await listing).map(({ key }) => key)).size).toBe(50_000);
  expect(ended).toEqual(["stored", "listed"]);
});

test("what comes to the thread after its caller was refused is not done", async () => {
  const file = await openInThread(path, () => {});
  onTestFinished(() => file.close());
  const put = (number: string) => ["put", aJob(number), Date.now()] as const;
  await expect(file.write([put("1")], sharedNow() - 1)).rejects.toMatchObject({ code: "outbox.unavailable" });
  await file.write([put("2")], soon());
  expect(await file.read(["totals"])).toMatchObject({ accepted: 1 });
});

test("what a thread was asked when it ended is rejected", async () => {
  const starting = nextThread();
  const file = await openInThread(path, () => problems.push("ended"));
  const other = openDatabase(path);
  other.exec("BEGIN IMMEDIATE");
  const underWay = file.write([["put", aJob("1"), Date.now()]], soon()).catch(String);
  await file.read(["totals"]);
  await (await starting).terminate();
  other.close();
  expect(await underWay).toContain("The thread has ended");
  await expect(file.read(["totals"])).rejects.toThrow("The thread has ended");
  expect(problems).toEqual(["ended"]);
});

test("a thread may fail twice, at its work and at its end", async () => {
  const starting = nextThread();
  const file = await openInThread(path, () => {});
  const worker = await starting;
  for (const words of ["at its work", "at its end"]) worker.emit("error", new Error(words));
  await worker.terminate();
  await expect(file.read(["totals"])).rejects.toThrow("The thread has ended");
});

test("where a thread has ended, the next call starts another", async () => {
  const starting = nextThread();
  const outbox = await anOutbox();
  await outbox.put(aJob("1"));
  await (await starting).terminate();
  expect(await outbox.put(aJob("2"))).toEqual({ status: "accepted" });
  expect(await outbox.totals()).toMatchObject({ accepted: 2 });
  expect(problems).toEqual([]);
});

test("a delivery is settled though its thread ended meanwhile", async () => {
  const starting = nextThread();
  const outbox = await anOutbox();
  await outbox.put(aJob("1"));
  const worker = await bench(outbox);
  const { answer } = await worker.next();
  await (await starting).terminate();
  answer(delivered);
  await expect.poll(() => stateIn(outbox, keyOf("1"))).toBe("delivered");
  await worker.end();
});

test("the thread ends with the outbox", async () => {
  const starting = nextThread();
  const outbox = await anOutbox();
  const worker = await starting;
  const ended = once(worker, "exit");
  const storing = outbox.put(aJob("1"));
  await outbox.close();
  expect(await storing).toEqual({ status: "accepted" });
  await ended;
});

const ways: [string, readonly string[], readonly string[]][] = [
  ["with a thread", [], []],
  [
    "where Node.js allows no thread, with a warning",
    ["--permission", "--allow-fs-read=*", "--allow-fs-write=*", "--allow-addons"],
    ["outbox.no-thread"],
  ],
];
test.each(ways)(
  "a process that leaves its outbox open ends when its work is done: %s",
  async (_, flags, reported) => {
    const script = fileURLToPath(new URL("../../support/put-and-end.ts", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--conditions=@avantlink-s2s/source",
      ...[...process.execArgv, ...flags, script, path],
    ]);
    expect(JSON.parse(stdout)).toEqual({ status: "accepted", delivered: 1, reported });
    expect(await (await anOutbox()).totals()).toMatchObject({ accepted: 1, delivered: 1 });
  },
);
