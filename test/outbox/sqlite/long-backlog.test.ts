import { REMEMBERED_MS } from "@avantlink-s2s/core";
import { aJob, delivered } from "@avantlink-s2s/outbox/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { type Database, loadDriver } from "../../../packages/outbox/src/sqlite/driver.ts";
import { migrate } from "../../../packages/outbox/src/sqlite/schema.ts";
import { SqliteStore } from "../../../packages/outbox/src/sqlite/store.ts";

const NOW = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_001;

let database: Database;
let statements: Set<string>;
let store: SqliteStore;

beforeEach(async () => {
  database = (await loadDriver())(":memory:");
  migrate(database, ":memory:");
  statements = new Set();
  store = new SqliteStore({
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
    prepare(sql) {
      statements.add(sql);
      return database.prepare(sql);
    },
  });
});

const put = (count: number, from: string, now = NOW) => {
  for (let number = 0; number < count; number += 1) {
    store.put(aJob(`${from}-${number}`, { acceptedAt: now }), now);
  }
};
const count = (status: string) =>
  database.prepare("SELECT 1 FROM outbox WHERE status = ?").all(status).length;

describe("while a million orders wait", () => {
  test("no statement of a delivery reads all of them", () => {
    put(1, "order");
    for (const leased of store.claim(1, NOW)) store.settle(leased, delivered, NOW);
    store.claim(1, NOW - 3_600_000);
    const plans = [...statements].flatMap((sql) => {
      const values = Array.from(sql.matchAll(/\?/g), () => null);
      return database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { readonly detail: string }[];
    });
    const details = plans.map(({ detail }) => detail);
    expect(details).toEqual(expect.arrayContaining([expect.stringContaining("SEARCH outbox")]));
    expect(details.filter((detail) => /SCAN outbox\b|TEMP B-TREE/.test(detail))).toEqual([]);
  });

  test("keys older than 400 days go, wherever they stand", () => {
    put(700, "settled-first");
    put(1_300, "waiting");
    for (const leased of store.claim(700, NOW)) store.settle(leased, delivered, NOW);
    for (const leased of store.claim(300, NOW)) store.settle(leased, delivered, NOW + 10 * MINUTE_MS);
    const later = NOW + REMEMBERED_MS + 2 * MINUTE_MS;
    for (let sweep = 0; sweep < 8; sweep += 1) store.claim(1, later + sweep * MINUTE_MS);
    expect(count("delivered")).toBe(300);
    for (let sweep = 8; sweep < 20; sweep += 1) store.claim(1, later + sweep * MINUTE_MS);
    expect(count("delivered")).toBe(0);
    expect(count("pending")).toBe(1_000);
  });

  test("after the clock was set back, every order is due again after its own delay", () => {
    put(2_500, "order");
    const retry = { status: "retry", at: NOW + 1_000, counted: true, reason: "HTTP 503" } as const;
    for (const leased of store.claim(2_500, NOW)) store.settle(leased, retry, NOW);
    const then = NOW - 86_400_000;
    for (let claim = 0; claim < 3; claim += 1) expect(store.claim(1, then)).toEqual([]);
    expect(store.claim(3_000, then + 1_000)).toHaveLength(2_500);
  });
});
