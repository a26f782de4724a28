import { expect, test } from "vitest";
import { loadDriver } from "../../packages/outbox/src/sqlite-driver.ts";
import { Jobs } from "../../packages/outbox/src/sqlite-jobs.ts";
import { migrate } from "../../packages/outbox/src/sqlite-schema.ts";
import { createWriter } from "../../packages/outbox/src/sqlite-writer.ts";

test("what a transaction counted that was rolled back is counted nowhere", async () => {
  const database = (await loadDriver())(":memory:");
  migrate(database, ":memory:");
  const jobs = new Jobs(database);
  const writer = createWriter(database, { conclude: () => jobs.conclude(0), abandon: () => jobs.abandon() });
  const put = (digit: string) =>
    writer.write(() => jobs.put({ key: digit.repeat(64), kind: "order", body: "{}", acceptedAt: 0 }, 0));
  const fail = () =>
    writer.write(() => {
      throw new Error("disk full");
    });
  const results = await Promise.allSettled([put("1"), fail()]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await put("2");
  expect(jobs.totals()).toMatchObject({ accepted: 1, pending: 1 });
});
