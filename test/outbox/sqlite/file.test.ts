import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { AvantLinkError, Outbox } from "@avantlink-s2s/core";
import { type SqliteOutboxOptions, sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { aJob, bench, delivered, keyOf, REFUSED, retry, stateIn } from "@avantlink-s2s/outbox/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect, hasWalResetFault } from "../../../packages/outbox/src/sqlite/connection.ts";
import { type Database, loadDriver } from "../../../packages/outbox/src/sqlite/driver.ts";
import { networkFileSystem } from "../../../packages/outbox/src/sqlite/prepare-file.ts";
import { readPragma } from "../../../packages/outbox/src/sqlite/schema.ts";
import { type ShiftedClock, shiftedClock } from "../../support/shifted-clock.ts";

const DAY_MS = 86_400_000;
const open = await loadDriver();

let folder: string;
let path: string;
let clock: ShiftedClock;
let problems: AvantLinkError[];
let opened: Outbox[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "avantlink-outbox-"));
  path = join(folder, "orders.db");
  clock = shiftedClock();
  problems = [];
  opened = [];
});

afterEach(async () => {
  for (const outbox of opened) await outbox.close();
  await rm(folder, { recursive: true });
});

async function anOutbox(at = path): Promise<Outbox> {
  const outbox = sqliteOutbox({ path: at });
  await outbox.open(clock, (error) => problems.push(error));
  opened.push(outbox);
  return outbox;
}

/** Another program's connection to the file. */
function outsider(at = path): Database {
  return open(at);
}

// The vitest project "better-sqlite3" runs this file on a Node.js that hides its own.
test("Node's own SQLite is used, or better-sqlite3 where Node has none", () => {
  const database = open(path);
  const own = process.getBuiltinModule("node:sqlite")?.DatabaseSync;
  expect(database.constructor.name).toBe(own?.name ?? "Database");
  database.close();
});

describe("the file", () => {
  test("is opened for what survives a power cut and for what is erased", async () => {
    const database = await connect(path);
    expect(readPragma(database, "journal_mode")).toBe("wal");
    expect(readPragma(database, "synchronous")).toBe(2);
    expect(readPragma(database, "secure_delete")).toBe(1);
    expect(readPragma(database, "busy_timeout")).toBe(0);
    database.close();
  });

  test("gives the disk back what a backlog took", async () => {
    const outbox = await anOutbox();
    const body = JSON.stringify("x".repeat(40_000));
    await Promise.all(Array.from({ length: 500 }, (_, number) => outbox.put({ ...aJob(`${number}`), body })));
    const pages = () => {
      const database = outsider();
      const count = Number(readPragma(database, "page_count"));
      database.close();
      return count;
    };
    expect(pages()).toBeGreaterThan(5_000);
    await outbox.deliverDue(async () => delivered, { concurrency: 100, timeoutMs: 60_000 });
    await expect.poll(pages, { timeout: 15_000 }).toBeLessThan(1_200);
  });

  test("is made with its folder, for its owner's eyes", async () => {
    path = join(folder, "data", "shop", "orders.db");
    await (await anOutbox()).put(aJob("1"));
    for (const file of [path, `${path}-wal`]) expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test("is made by one process at a time, also after one was killed while it made the file", async () => {
    const left = `${path}.lock`;
    await writeFile(left, "");
    await utimes(left, 0, 0);
    // Another process that found the same lock makes the file now.
    const taken = `${left}.${(await stat(left)).ino}`;
    await writeFile(taken, "");
    const connecting = connect(path);
    for (let count = 0; count < 5; count += 1) (await connect(join(folder, `${count}.db`))).close();
    await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
    await rm(taken);
    (await connecting).close();
    expect((await readdir(folder)).filter((name) => name.includes("lock"))).toEqual([]);
  });

  test("is made though a killed process left its lock by a clock that was ahead", async () => {
    await writeFile(`${path}.lock`, "");
    await utimes(`${path}.lock`, 4_102_444_800, 4_102_444_800);
    (await connect(path)).close();
    expect((await readdir(folder)).filter((name) => name.includes("lock"))).toEqual([]);
  });

  test("is taken from everybody else where it was there already", async () => {
    for (const mode of [0o644, 0o666, 0o660]) {
      await writeFile(path, "");
      await chmod(path, mode);
      const outbox = await anOutbox();
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      await outbox.close();
    }
  });

  test.skipIf(process.getuid?.() !== 0)("of another user is refused with the line to run", async () => {
    await (await anOutbox()).close();
    await chmod(folder, 0o777);
    process.seteuid?.(65_534);
    try {
      await expect(connect(path)).rejects.toMatchObject({ code: "outbox.unfit" });
      await writeFile(join(folder, "other.db"), "");
    } finally {
      process.seteuid?.(0);
    }
    // The administrator may open anybody's file.
    await anOutbox(join(folder, "other.db"));
  });

  test("has a folder that nobody else reads, where it made the folder", async () => {
    await anOutbox(join(folder, "data", "shop", "orders.db"));
    for (const made of ["data", "data/shop"])
      expect((await stat(join(folder, made))).mode & 0o777).toBe(0o700);
  });

  test("is never another file: a file of the shop's and a device keep their content and their rights", async () => {
    await writeFile(path, "the shop's own words", { mode: 0o644 });
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", ["-m", "644", pipe]);
    for (const other of [path, pipe]) {
      await expect(anOutbox(other)).rejects.toMatchObject({ code: "outbox.unfit" });
      expect((await stat(other)).mode & 0o777).toBe(0o644);
    }
    expect(await readFile(path, "utf8")).toBe("the shop's own words");
  });

  test("in a folder that can never be made is refused, and the process goes on", async () => {
    await expect(anOutbox("/proc/nope/deeper/orders.db")).rejects.toMatchObject({ code: "outbox.unfit" });
  });

  test("serves processes that open it at the same moment", async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => anOutbox()));
    await Promise.all(all.map((outbox, index) => outbox.put(aJob(`${index}`))));
    expect(await all[0]?.totals()).toMatchObject({ accepted: 8, pending: 8 });
  });

  const linux = process.platform === "linux";
  test.skipIf(!linux)("stays locked as in use while another outbox of the process opens it", async () => {
    await anOutbox();
    const { ino } = await stat(path);
    const locks = async () => {
      const all = (await readFile("/proc/locks", "utf8")).split("\n");
      return all.filter((lock) => lock.includes(` ${process.pid} `) && lock.includes(`:${ino} `)).length;
    };
    expect(await locks()).toBe(1);
    await anOutbox();
    expect(await locks()).toBe(1);
  });

  const refused: [string, () => Promise<void> | void, RegExp][] = [
    [
      "another program's database",
      () => outsider().exec("CREATE TABLE shop (id)"),
      /another program's database/,
    ],
    ["what is no database", () => writeFile(path, "orders ".repeat(1000)), /not a SQLite database/],
    ["a folder", () => mkdir(path).then(() => {}), /not a regular file/],
    [
      "what is no database and nobody else may read",
      () => writeFile(path, "orders ".repeat(1000), { mode: 0o600 }),
      /not a SQLite database/,
    ],
    [
      "a file of a newer version",
      async () => {
        (await connect(path)).close();
        outsider().exec("PRAGMA user_version = 99");
      },
      /newer version/,
    ],
  ];
  test.each(refused)("is refused when it is %s, and left as it was", async (_, prepare, message) => {
    await prepare();
    await expect(anOutbox()).rejects.toMatchObject({
      code: "outbox.unfit",
      message: expect.stringMatching(message),
    });
  });

  test("is refused when it may be read only", async () => {
    const mayAll = process.getuid?.() === 0;
    await (await anOutbox()).close();
    await chmod(path, 0o444);
    await chmod(folder, 0o555);
    // To the administrator everything may be written, so another user tries.
    if (mayAll) process.seteuid?.(65_534);
    try {
      await expect(anOutbox()).rejects.toMatchObject({
        code: "outbox.unfit",
        message: expect.stringContaining("EACCES"),
      });
    } finally {
      if (mayAll) process.seteuid?.(0);
      await chmod(folder, 0o755);
    }
  });
});

describe("keys", () => {
  for (const end of ["delivered", "removed"] as const) {
    test(`stay taken for 400 days after their order was ${end}, and go after that`, async () => {
      const outbox = await anOutbox();
      const finish = async (orderNumber: string) => {
        const reason = end === "removed" ? { dead: REFUSED } : {};
        expect(await outbox.put(aJob(orderNumber, { acceptedAt: clock.now() }), reason)).toEqual({
          status: "accepted",
        });
        if (end === "removed") return outbox.dead.remove(keyOf(orderNumber));
        (await worker.next()).answer(delivered);
        await expect.poll(() => stateIn(outbox, keyOf(orderNumber))).toBe("delivered");
      };
      const worker = await bench(outbox);
      await finish("1");
      clock.shift(399 * DAY_MS);
      await finish("2");
      expect(await outbox.put(aJob("1"))).toMatchObject({ status: "duplicate" });
      clock.shift(2 * DAY_MS);
      await finish("3");
      expect(await stateIn(outbox, keyOf("1"))).toBeUndefined();
      expect(await stateIn(outbox, keyOf("2"))).toBe(end === "delivered" ? "delivered" : "dead");
      expect(await outbox.totals()).toMatchObject({ accepted: 3, [end]: 3, pending: 0 });
      await worker.end();
    });
  }
});

describe("while another process holds the lock", () => {
  test("orders wait for it, and the event loop does not", async () => {
    const outbox = await anOutbox();
    const other = outsider();
    other.exec("BEGIN IMMEDIATE");
    const putting = outbox.put(aJob("1"));
    let turns = 0;
    while (turns < 1000) {
      await setImmediate();
      turns += 1;
    }
    other.exec("COMMIT");
    expect(await putting).toEqual({ status: "accepted" });
  });

  test("an order is refused within three seconds, and the next one is taken when the lock is gone", async () => {
    const outbox = await anOutbox();
    const worker = await bench(outbox);
    const other = outsider();
    other.exec("BEGIN IMMEDIATE");
    await expect(outbox.put(aJob("1"))).rejects.toMatchObject({ code: "outbox.unavailable" });
    await expect.poll(() => problems.map(({ code }) => code), { timeout: 5_000 }).toEqual(["outbox.stalled"]);
    other.exec("COMMIT");
    expect(await outbox.put(aJob("2"))).toEqual({ status: "accepted" });
    expect((await worker.next()).job.key).toBe(keyOf("2"));
    await worker.end();
  });
});

describe("a full disk", () => {
  const mayMount = process.platform === "linux" && process.getuid?.() === 0;
  const title = "refuses new orders at once, loses none that were accepted, and goes on when there is space";
  test.skipIf(!mayMount)(mayMount ? title : `${title} (skipped: needs a small disk to mount)`, async () => {
    const disk = join(folder, "disk");
    await mkdir(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]);
    try {
      const outbox = await anOutbox(join(disk, "orders.db"));
      const taken: string[] = [];
      const body = JSON.stringify({ filler: "x".repeat(4_000) });
      for (let number = 1; ; number += 1) {
        const stored = await outbox.put(aJob(`${number}`, { body })).catch((error: AvantLinkError) => error);
        if ("code" in stored) {
          expect(stored.code).toBe("outbox.unavailable");
          break;
        }
        taken.push(keyOf(`${number}`));
      }
      expect(taken.length).toBeGreaterThan(5);
      await expect(outbox.put(aJob("late", { body }))).rejects.toMatchObject({ code: "outbox.unavailable" });
      execFileSync("mount", ["-o", "remount,size=16m", disk]);
      expect(await outbox.put(aJob("after"))).toEqual({ status: "accepted" });
      const worker = await bench(outbox, 4);
      const sent: string[] = [];
      while (sent.length <= taken.length) {
        const { job, answer } = await worker.next();
        sent.push(job.key);
        answer(delivered);
      }
      expect(sent.toSorted()).toEqual([...taken, keyOf("after")].toSorted());
      await worker.end();
      expect(await outbox.totals()).toMatchObject({
        accepted: sent.length,
        delivered: sent.length,
        pending: 0,
      });
      await opened.pop()?.close();
    } finally {
      execFileSync("umount", [disk]);
    }
  });

  test.skipIf(!mayMount)("keeps verdicts until it takes them, and sends nothing twice", async () => {
    const disk = join(folder, "disk");
    await mkdir(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", disk]);
    try {
      const outbox = await anOutbox(join(disk, "orders.db"));
      await outbox.put(aJob("1"));
      const worker = await bench(outbox);
      const { answer } = await worker.next();
      await writeFile(join(disk, "filler"), Buffer.alloc(32 * 1024 * 1024)).catch(() => {});
      answer(delivered);
      await expect
        .poll(() => problems.map(({ code }) => code), { timeout: 5_000 })
        .toEqual(["outbox.stalled"]);
      clock.shift(60_000);
      await rm(join(disk, "filler"));
      await expect.poll(() => stateIn(outbox, keyOf("1")), { timeout: 5_000 }).toBe("delivered");
      expect(worker.open).toBe(0);
      await worker.end();
      await opened.pop()?.close();
    } finally {
      execFileSync("umount", [disk]);
    }
  });
});

/** Counts the commits in a write-ahead log: only the last frame of a commit names the size of the database. */
async function commitsIn(log: string): Promise<number> {
  const bytes = await readFile(log);
  const [header, frameHeader] = [32, 24];
  const frame = frameHeader + bytes.readUInt32BE(8);
  let commits = 0;
  for (let at = header; at + frame <= bytes.length; at += frame) {
    if (bytes.readUInt32BE(at + 4) > 0) commits += 1;
  }
  return commits;
}

test("orders that come in one turn of the event loop share one commit", async () => {
  const outbox = await anOutbox();
  await outbox.put(aJob("first"));
  const before = await commitsIn(`${path}-wal`);
  await Promise.all(Array.from({ length: 20 }, (_, index) => outbox.put(aJob(`${index}`))));
  expect((await commitsIn(`${path}-wal`)) - before).toBe(1);
  for (const number of ["alone", "alone too"]) await outbox.put(aJob(number));
  expect((await commitsIn(`${path}-wal`)) - before).toBe(3);
});

test("a job that waits does not hold up the reading of what is due", async () => {
  const outbox = await anOutbox();
  await outbox.put(aJob("1"));
  const worker = await bench(outbox);
  (await worker.next()).answer(retry(clock.now() + DAY_MS));
  await outbox.put(aJob("2"));
  (await worker.next()).answer(delivered);
  await worker.end();
  clock.shift(DAY_MS);
  const again = await bench(await anOutbox());
  expect((await again.next()).job).toMatchObject({ key: keyOf("1"), attempts: 1 });
  await again.end();
});

describe("options", () => {
  const wrong: [string, object, RegExp][] = [
    ["no path", {}, /path: expected the path of a file/],
    ["an empty path", { path: " " }, /path: expected the path of a file/],
    ["memory", { path: ":memory:" }, /path: .* memoryOutbox\(\)/],
    ["memory as an address", { path: "file::memory:?cache=shared" }, /path: .* memoryOutbox\(\)/],
    ["a home folder that only a shell knows", { path: "~/outbox.sqlite" }, /path: is no path/],
    ["an address", { path: "file:///var/lib/outbox.sqlite" }, /path: is no path/],
    ["an address of another tool", { path: "sqlite:///var/lib/outbox.sqlite" }, /path: is no path/],
    ["an unknown option", { path: "x.db", pth: 1 }, /pth: is not an option/],
  ];
  test.each(wrong)("%s is refused when the outbox is made", (_, options, message) => {
    expect(() => sqliteOutbox(options as SqliteOutboxOptions)).toThrow(message);
  });

  test("nothing is opened when the outbox is made", async () => {
    sqliteOutbox({ path });
    await expect(stat(path)).rejects.toThrow("ENOENT");
  });
});

test.each([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xfe534d42, "SMB"],
  // The same number, as a system may give it with a sign.
  [0xff534d42 | 0, "SMB"],
  [0xef53, undefined],
  [0x01021994, undefined],
])("the file system of type %i is named %s", (type, name) => {
  expect(networkFileSystem(type)).toBe(name);
});

test.each([
  ["3.40.1", true],
  ["3.44.5", true],
  ["3.44.6", false],
  ["3.50.6", true],
  ["3.50.7", false],
  ["3.51.2", true],
  ["3.51.3", false],
  ["3.53.4", false],
  ["4.0.0", false],
])("SQLite %s has the fault of concurrent checkpoints: %s", (version, has) => {
  expect(hasWalResetFault(version)).toBe(has);
});
