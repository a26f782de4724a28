import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AvantLinkError, Outbox } from "@avantlink-s2s/core";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { aJob, bench, dead, delivered, keyOf, retry, stateIn } from "@avantlink-s2s/outbox/testing";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { processOn } from "../../conformance/process-on.ts";
import { shiftedClock } from "../../support/shifted-clock.ts";

let folder: string;
let path: string;
let problems: AvantLinkError[];
let opened: Outbox[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "avantlink-outbox-"));
  path = join(folder, "data", "orders.db");
  problems = [];
  opened = [];
});

afterEach(async () => {
  for (const outbox of opened) await outbox.close();
  await rm(folder, { recursive: true });
});

async function anOutbox(): Promise<Outbox> {
  const outbox = sqliteOutbox({ path });
  await outbox.open(shiftedClock(), (error) => problems.push(error));
  opened.push(outbox);
  return outbox;
}

const reported = (code = "outbox.at-risk") =>
  expect.poll(() => problems.map((error) => error.code), { timeout: 10_000 }).toContain(code);

/** What a process that starts now finds in the file of that name. */
async function statesNow(orderNumbers: readonly string[]): Promise<readonly (string | undefined)[]> {
  const outbox = sqliteOutbox({ path });
  await outbox.open(shiftedClock(), () => {});
  try {
    return await Promise.all(orderNumbers.map((number) => stateIn(outbox, keyOf(number))));
  } finally {
    await outbox.close();
  }
}

const stateNow = async (orderNumber: string) => (await statesNow([orderNumber]))[0];

const ways: [string, () => Promise<void>][] = [
  ["alone", () => rm(path)],
  [
    "with its log",
    async () => void (await Promise.all(["", "-wal", "-shm"].map((end) => rm(`${path}${end}`)))),
  ],
  ["with its folder", () => rm(join(folder, "data"), { recursive: true })],
  ["by another name", () => rename(path, join(folder, "aside.db"))],
];

describe("a file that is removed under a running shop", () => {
  test.each(ways)("is reported and made again with everything in it: removed %s", async (_, remove) => {
    const outbox = await anOutbox();
    for (const number of ["1", "2", "3"]) await outbox.put(aJob(number));
    const worker = await bench(outbox, 1);
    (await worker.next()).answer(delivered);
    (await worker.next()).answer(dead);
    const third = await worker.next();
    await remove();
    await outbox.put(aJob("4"));
    await reported();
    await expect.poll(() => stateNow("4"), { timeout: 10_000 }).toBe("pending");
    expect(await stateNow("1")).toBe("delivered");
    expect(await stateNow("2")).toBe("dead");
    third.answer(retry(Date.now()));
    expect(await outbox.put(aJob("1"))).toMatchObject({ status: "duplicate", state: "delivered" });
    expect(await outbox.totals()).toMatchObject({ accepted: 4, delivered: 1, pending: 2, dead: 1 });
    await worker.end();
  });

  test("is one file for all processes again, and no order goes out twice", async () => {
    const shops = [await anOutbox(), await anOutbox(), await anOutbox()];
    const sent: string[] = [];
    const deliver = async ({ key }: { key: string }) => {
      sent.push(key);
      return delivered;
    };
    await rm(path);
    const numbers = Array.from({ length: 60 }, (_, index) => `${index}`);
    await Promise.all(numbers.map((number, index) => shops[index % 3]?.put(aJob(number))));
    for (const shop of shops) await shop.run(deliver, { concurrency: 2 });
    await expect
      .poll(async () => (await shops[0]?.totals())?.delivered, { timeout: 20_000 })
      .toBe(numbers.length);
    expect(sent.toSorted()).toEqual(numbers.map(keyOf).toSorted());
    expect(problems.filter(({ code }) => code !== "outbox.at-risk")).toEqual([]);
  });

  test("takes no orders while it cannot be made again, and goes on when it can", async () => {
    const outbox = await anOutbox();
    await outbox.put(aJob("1"));
    await rm(join(folder, "data"), { recursive: true });
    await writeFile(join(folder, "data"), "in the way");
    await reported("outbox.stalled");
    const put = () => outbox.put(aJob("2")).catch((error: AvantLinkError) => error.code);
    await expect.poll(put, { timeout: 10_000 }).toBe("outbox.unavailable");
    await rm(join(folder, "data"));
    await mkdir(join(folder, "data"));
    await expect.poll(() => outbox.put(aJob("3")).catch(() => undefined), { timeout: 10_000 }).toBeDefined();
    expect(await stateNow("1")).toBe("pending");
  });

  test("a file that is removed under three processes is one file again, and a kill loses nothing", async () => {
    await mkdir(join(folder, "data"));
    const shops = await Promise.all([1, 2, 3].map(() => processOn({ kind: "sqlite", path })));
    onTestFinished(async () => void (await Promise.all(shops.map((shop) => shop.kill()))));
    const numbersOf = (round: string) =>
      shops.map((_, shop) => [1, 2, 3].map((n) => `${round}-${shop}-${n}`));
    const put = async (round: string) => {
      const accepted = await Promise.all(numbersOf(round).map((numbers, shop) => shops[shop]?.put(numbers)));
      expect(accepted).toEqual(numbersOf(round));
    };
    await put("before");
    await rm(join(folder, "data"), { recursive: true });
    await put("removed");
    const isStored = (...rounds: string[]) => {
      const all = rounds.flatMap((round) => numbersOf(round).flat());
      return expect.poll(() => statesNow(all), { timeout: 15_000 }).toEqual(all.map(() => "pending"));
    };
    await isStored("before", "removed");
    await put("after");
    // A process that has not looked yet writes into the removed file, for a second at most.
    await isStored("after");
    await Promise.all(shops.map((shop) => shop.kill()));
    await isStored("before", "removed", "after");
  });
});
