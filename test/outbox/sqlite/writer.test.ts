import { expect, test } from "vitest";
import { type Database, loadDriver } from "../../../packages/outbox/src/sqlite/driver.ts";
import { migrate } from "../../../packages/outbox/src/sqlite/schema.ts";
import { SqliteStore } from "../../../packages/outbox/src/sqlite/store.ts";
import { createWriter } from "../../../packages/outbox/src/sqlite/writer.ts";

test("what fails within a transaction undoes the rest of it, its counts too", async () => {
  const database = (await loadDriver())(":memory:");
  migrate(database, ":memory:");
  const jobs = new SqliteStore(database);
  const write = createWriter(() => database);
  const put = (digit: string) =>
    write(() =>
      jobs.put({ key: digit.repeat(64), kind: "order", orderNumber: "1", body: "{}", acceptedAt: 0 }, 0),
    );
  const fail = () =>
    write(() => {
      throw new Error("disk full");
    });
  const results = await Promise.allSettled([put("1"), fail()]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await put("2");
  expect(jobs.totals()).toMatchObject({ accepted: 1, pending: 1 });
});

/** A writer whose database has nothing real but the time that a commit takes. */
function aWriter(commitTakes: () => number) {
  const waits: number[] = [];
  let now = 0;
  const nothing = { run: () => ({ changes: 0 }), get: () => undefined, all: () => [] };
  const database: Database = {
    prepare: () => nothing,
    exec(sql) {
      if (sql === "COMMIT") now += commitTakes();
    },
    close() {},
  };
  const clock = {
    now: () => now,
    async pause(ms: number) {
      waits.push(ms);
      now += ms;
    },
  };
  const write = createWriter(() => database, clock);
  return { waits, write: () => write(() => 1) };
}

test("a slow disk is given time after each commit, and so is the event loop", async () => {
  const { waits, write } = aWriter(() => 5);
  for (let commits = 0; commits < 4; commits += 1) await write();
  expect(waits).toEqual([20, 20]);
});

test("one slow commit among quick ones, as when the log is brought back into the file, holds nothing up", async () => {
  let commits = 0;
  const { waits, write } = aWriter(() => (++commits % 3 === 0 ? 40 : 1));
  for (let writes = 0; writes < 9; writes += 1) await write();
  expect(waits).toEqual([]);
});
