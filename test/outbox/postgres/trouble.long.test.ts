import { randomUUID } from "node:crypto";
import { type AvantLinkError, createTracker, type Outbox } from "@avantlink-s2s/core";
import { type PostgresOutboxOptions, postgresOutbox, postgresSchema } from "@avantlink-s2s/outbox/postgres";
import { aJob, bench, delivered, keyOf, REFUSED, retry, stateIn } from "@avantlink-s2s/outbox/testing";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { Client, Pool } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { eventLog } from "../../support/events.ts";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";
import { ifInstalled, type OwnServer, ownPostgres } from "../../support/services.ts";
import { type ShiftedClock, shiftedClock } from "../../support/shifted-clock.ts";

const installed = await ifInstalled(ownPostgres);
const name = "on a PostgreSQL of its own";

describe.skipIf(!installed)(installed ? name : `${name} (skipped: not installed)`, () => {
  let server: OwnServer;
  let pool: Pool;
  let schema: string;
  let problems: AvantLinkError[];
  let clock: ShiftedClock;
  let ending: (() => Promise<unknown>)[];

  beforeAll(() => {
    if (installed) server = installed;
    pool = new Pool({ connectionString: server.url });
    pool.on("error", () => {});
  });
  beforeEach(() => {
    schema = `test_${randomUUID().slice(0, 8)}`;
    problems = [];
    clock = shiftedClock();
    ending = [];
  });
  afterEach(async () => {
    for (const end of ending.reverse()) await end();
  });
  afterAll(async () => {
    await pool.end();
    await server.end();
  });

  async function anOutbox(options: Partial<PostgresOutboxOptions> = {}): Promise<Outbox> {
    const outbox = postgresOutbox({ query: pool, schema, ...options });
    ending.push(() => outbox.close());
    await outbox.open(clock, (error) => problems.push(error));
    return outbox;
  }

  async function aClient(): Promise<Client> {
    const client = new Client(server.url);
    client.on("error", () => {});
    await client.connect();
    ending.push(() => client.end());
    return client;
  }

  const codes = () => problems.map(({ code }) => code);
  const sql = (text: string, values: unknown[] = []) => pool.query(text, values);
  const NONE = { accepted: 0, delivered: 0, pending: 0, dead: 0, removed: 0, oldestPendingAt: undefined };

  describe("an order in the shop's own transaction", () => {
    test("is there when that commits, and is sent", async () => {
      const outbox = await anOutbox();
      const worker = await bench(outbox);
      const client = await aClient();
      await client.query("BEGIN");
      expect(await outbox.put(aJob("1"), { transaction: client })).toEqual({ status: "accepted" });
      expect(await outbox.totals()).toEqual(NONE);
      await client.query("COMMIT");
      const { job, answer } = await worker.next();
      expect(job.key).toBe(keyOf("1"));
      answer(delivered);
      await worker.end();
    });

    test("was never there when that is rolled back", async () => {
      const outbox = await anOutbox();
      const client = await aClient();
      await client.query("BEGIN");
      await outbox.put(aJob("1"), { transaction: client });
      await client.query("ROLLBACK");
      expect(await outbox.totals()).toEqual(NONE);
      expect(await outbox.put(aJob("1"))).toEqual({ status: "accepted" });
    });

    test("may be put through whatever runs SQL there", async () => {
      const outbox = await anOutbox();
      const client = await aClient();
      await client.query("BEGIN");
      const query = (text: string, values?: unknown[]) => client.query(text, values);
      expect(await outbox.put(aJob("1"), { transaction: query })).toEqual({ status: "accepted" });
      await client.query("COMMIT");
      expect(await stateIn(outbox, keyOf("1"))).toBe("pending");
    });

    test("leaves the transaction as it was: its lock timeout, its savepoints, its rows", async () => {
      const outbox = await anOutbox();
      const client = await aClient();
      await client.query("CREATE TABLE IF NOT EXISTS shop_order (number text)");
      await client.query("BEGIN");
      await client.query("SET LOCAL lock_timeout = '7s'");
      await client.query("INSERT INTO shop_order VALUES ('1')");
      await outbox.put(aJob("1"), { transaction: client });
      expect((await client.query("SHOW lock_timeout")).rows).toEqual([{ lock_timeout: "7s" }]);
      await expect(client.query("ROLLBACK TO SAVEPOINT avantlink_order")).rejects.toThrow("does not exist");
      await client.query("ROLLBACK");
    });

    test("cannot break the transaction when it cannot be stored", async () => {
      const outbox = await anOutbox();
      const [first, second] = [await aClient(), await aClient()];
      await second.query("CREATE TABLE IF NOT EXISTS shop_order (number text)");
      await second.query("TRUNCATE shop_order");
      await first.query("BEGIN");
      await outbox.put(aJob("1"), { transaction: first });
      await second.query("BEGIN");
      await second.query("INSERT INTO shop_order VALUES ('1')");
      // The first transaction holds the order's number and does not end in time.
      await expect(outbox.put(aJob("1"), { transaction: second })).rejects.toMatchObject({
        code: "outbox.unavailable",
      });
      expect((await second.query("SHOW lock_timeout")).rows).toEqual([{ lock_timeout: "0" }]);
      await second.query("COMMIT");
      expect((await second.query("SELECT * FROM shop_order")).rows).toEqual([{ number: "1" }]);
      await first.query("COMMIT");
      expect(await outbox.totals()).toMatchObject({ accepted: 1, pending: 1 });
    });

    test("waits for another open transaction with the same number, and is its duplicate", async () => {
      const outbox = await anOutbox();
      const [first, second] = [await aClient(), await aClient()];
      await first.query("BEGIN");
      await outbox.put(aJob("1"), { transaction: first });
      await second.query("BEGIN");
      const waiting = outbox.put(aJob("1"), { transaction: second });
      await expect
        .poll(() =>
          sql("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'").then(
            ({ rows }) => rows.length,
          ),
        )
        .toBe(1);
      await first.query("COMMIT");
      expect(await waiting).toEqual({ status: "duplicate", state: "pending" });
      await second.query("COMMIT");
    });

    test("holds up nobody who tracks another order at the same moment", async () => {
      const outbox = await anOutbox();
      const client = await aClient();
      await client.query("BEGIN");
      await outbox.put(aJob("1"), { transaction: client });
      const [held, ...others] = await Promise.allSettled(["1", "2", "3"].map((n) => outbox.put(aJob(n))));
      const accepted = { status: "fulfilled", value: { status: "accepted" } };
      expect(others).toEqual([accepted, accepted]);
      expect(held).toMatchObject({ status: "rejected", reason: { code: "outbox.unavailable" } });
      await client.query("COMMIT");
      expect(await outbox.totals()).toMatchObject({ accepted: 3, pending: 3 });
    });

    test("holds up nobody where its number is put again and again, and few connections are used for it", async () => {
      let [running, most, ended] = [0, 0, 0];
      const outbox = await anOutbox({
        async query(text, values) {
          running += 1;
          most = Math.max(most, running);
          return pool.query(text, values).finally(() => {
            running -= 1;
          });
        },
      });
      const client = await aClient();
      await client.query("BEGIN");
      await outbox.put(aJob("held"), { transaction: client });
      const held: Promise<unknown>[] = [];
      const putHeld = () =>
        held.push(
          outbox
            .put(aJob("held"))
            .catch((error: AvantLinkError) => error.code)
            .finally(() => {
              ended += 1;
            }),
        );
      // Each in a batch of its own, then one among others.
      for (let count = 0; count < 2; count += 1) {
        putHeld();
        await new Promise(setImmediate);
      }
      const others = Array.from({ length: 50 }, (_, number) => {
        if (number === 25) putHeld();
        return outbox.put(aJob(`${number}`));
      });
      expect(await Promise.all(others)).toEqual(others.map(() => ({ status: "accepted" })));
      expect(ended).toBe(0);
      expect(await Promise.all(held)).toEqual(held.map(() => "outbox.unavailable"));
      expect(most).toBeLessThanOrEqual(4);
      await client.query("COMMIT");
    });

    test("takes a dead letter's number again only if that commits", async () => {
      const outbox = await anOutbox();
      await outbox.put(aJob("1"), { dead: REFUSED });
      const client = await aClient();
      for (const [end, state] of [
        ["ROLLBACK", "dead"],
        ["COMMIT", "pending"],
      ] as const) {
        await client.query("BEGIN");
        expect(await outbox.put(aJob("1"), { transaction: client })).toEqual({ status: "accepted" });
        await client.query(end);
        expect(await stateIn(outbox, keyOf("1"))).toBe(state);
      }
    });

    test("is refused when what is given is no transaction", async () => {
      const outbox = await anOutbox();
      const client = await aClient();
      await expect(outbox.put(aJob("1"), { transaction: client })).rejects.toMatchObject({
        code: "outbox.unavailable",
        message: expect.stringMatching(/PostgreSQL/),
      });
      // Drizzle's transaction has a property `query` that is no function.
      for (const transaction of [null, "a transaction", { query: {}, execute() {} }]) {
        await expect(outbox.put(aJob("1"), { transaction })).rejects.toMatchObject({
          code: "outbox.no-transaction",
          message: expect.stringContaining("the transaction's client or its query function"),
        });
      }
      expect(await outbox.totals()).toEqual(NONE);
    });

    test("is refused, and nothing broken, when the transaction had failed before", async () => {
      const outbox = await anOutbox();
      const client = await aClient();
      await client.query("BEGIN");
      await client.query("SELECT 1/0").catch(() => {});
      await expect(outbox.put(aJob("1"), { transaction: client })).rejects.toMatchObject({
        code: "outbox.unavailable",
      });
      await client.query("ROLLBACK");
    });

    test("that cannot be stored in time leaves nothing under way on the connection when the call returns", async () => {
      const tracker = createTracker({
        merchantId: MERCHANT_ID,
        endpoint: "http://127.0.0.1:9",
        deliver: false,
        onEvent: () => {},
        outbox: postgresOutbox({ query: pool, schema }),
      });
      const [first, second] = [await aClient(), await aClient()];
      await first.query("CREATE TABLE IF NOT EXISTS shop_order (number text)");
      await first.query("TRUNCATE shop_order");
      await first.query("BEGIN");
      await tracker.trackOrder(anOrder(), aContext(), { transaction: first });
      await second.query("BEGIN");
      await second.query("INSERT INTO shop_order VALUES ('1')");
      const receipt = await tracker.trackOrder(anOrder(), aContext(), { transaction: second });
      expect(receipt.status).toBe("not-stored");
      expect((await second.query("COMMIT")).command).toBe("COMMIT");
      expect((await second.query("SELECT * FROM shop_order")).rows).toEqual([{ number: "1" }]);
      // The connection's next user may have no failures of ours in a transaction of its own.
      await second.query("BEGIN");
      await first.query("COMMIT");
      await second.query("SELECT 1");
      expect((await second.query("COMMIT")).command).toBe("COMMIT");
      await tracker.close({ timeoutMs: 0 });
    });

    test("that is stored beside another one on the same connection stays when that one fails", async () => {
      const outbox = await anOutbox();
      const [first, second] = [await aClient(), await aClient()];
      await first.query("BEGIN");
      await outbox.put(aJob("locked"), { transaction: first });
      await second.query("BEGIN");
      await second.query("SET LOCAL lock_timeout = '7s'");
      const put = (name: string) => outbox.put(aJob(name), { transaction: second });
      expect(await Promise.allSettled([put("1"), put("locked"), put("2")])).toMatchObject([
        { status: "fulfilled", value: { status: "accepted" } },
        { status: "rejected", reason: { code: "outbox.unavailable" } },
        { status: "fulfilled", value: { status: "accepted" } },
      ]);
      expect((await second.query("SHOW lock_timeout")).rows).toEqual([{ lock_timeout: "7s" }]);
      expect((await second.query("COMMIT")).command).toBe("COMMIT");
      expect([await stateIn(outbox, keyOf("1")), await stateIn(outbox, keyOf("2"))]).toEqual([
        "pending",
        "pending",
      ]);
      await first.query("ROLLBACK");
    });

    test("is tracked by one call, and waits for nothing inside", async () => {
      const sandbox = await startSandbox();
      const events = eventLog();
      const tracker = createTracker({
        merchantId: MERCHANT_ID,
        endpoint: sandbox.url,
        onEvent: events.onEvent,
        outbox: postgresOutbox({ query: pool, schema }),
      });
      const client = await aClient();
      for (const [orderNumber, end] of [
        ["1", "ROLLBACK"],
        ["2", "COMMIT"],
      ] as const) {
        await client.query("BEGIN");
        const asked = { transaction: client, waitForDeliveryMs: 5_000 };
        expect(await tracker.trackOrder(anOrder({ orderNumber }), aContext(), asked)).toMatchObject({
          status: "accepted",
        });
        expect(sandbox.requests).toHaveLength(0);
        await client.query(end);
      }
      await events.waitFor("delivered");
      expect(sandbox.orders.map(({ body }) => body)).toMatchObject([{ order: { order_number: "2" } }]);
      await tracker.close();
      await sandbox.close();
    });
  });

  test("keys stay taken for 400 days, and letters and waiting orders until they are dealt with", async () => {
    const outbox = await anOutbox();
    const aged = async (days: number) => {
      await sql(`UPDATE ${schema}.outbox SET settled_at = settled_at - $1::int * interval '1 day'`, [days]);
      // Old keys are looked for once a minute.
      clock.shift(61_000);
    };
    await outbox.put(aJob("removed"), { dead: REFUSED });
    await outbox.dead.remove(keyOf("removed"));
    await outbox.put(aJob("letter"), { dead: REFUSED });
    await outbox.put(aJob("delivered"));
    const worker = await bench(outbox);
    const deliverNext = async (orderNumber: string) => {
      const { job, answer } = await worker.next();
      expect(job.key).toBe(keyOf(orderNumber));
      answer(delivered);
      await expect.poll(() => stateIn(outbox, keyOf(orderNumber))).toBe("delivered");
    };
    await deliverNext("delivered");
    await outbox.put(aJob("waiting"));
    (await worker.next()).answer(retry(Date.now() + 86_400_000));
    await aged(399);
    await outbox.put(aJob("a day before"));
    await deliverNext("a day before");
    expect(await stateIn(outbox, keyOf("delivered"))).toBe("delivered");
    await aged(2);
    await outbox.put(aJob("a day after"));
    await deliverNext("a day after");
    // Old keys are looked for when nothing is due.
    for (const gone of ["delivered", "removed"])
      await expect.poll(() => stateIn(outbox, keyOf(gone)), { timeout: 5_000 }).toBeUndefined();
    // What was counted stays counted.
    expect(await outbox.totals()).toMatchObject({ delivered: 3, removed: 1, dead: 1, pending: 1 });
    await worker.end();
  });

  test("a letter that was put anew and died again while it was being retried is not revived as it was before", async () => {
    const other = await anOutbox();
    let meanwhile: (() => Promise<unknown>) | undefined;
    const outbox = await anOutbox({
      async query(text, values) {
        if (text.includes("AS letter")) await meanwhile?.();
        return pool.query(text, values);
      },
    });
    await outbox.put({ ...aJob("1"), body: '"before"' }, { dead: REFUSED });
    meanwhile = () => other.put({ ...aJob("1"), body: '"anew"' }, { dead: REFUSED });
    expect(await outbox.dead.retry(keyOf("1"))).toBe(false);
    expect(await outbox.find(keyOf("1"))).toMatchObject({ status: "dead", body: '"anew"' });
    meanwhile = undefined;
    expect(await outbox.dead.retry(keyOf("1"))).toBe(true);
    expect(await outbox.find(keyOf("1"))).toMatchObject({ status: "pending", body: '"anew"' });
  });

  test("orders are delivered though old keys and clocks are looked after for longer than an answer may take", async () => {
    const never = new Promise<never>(() => {});
    const outbox = await anOutbox({
      query: (text, values) => (text.includes("swept") ? never : pool.query(text, values)),
    });
    await outbox.put(aJob("1"));
    const due = await outbox.deliverDue(async () => delivered, { concurrency: 1, timeoutMs: 5_000 });
    expect(due).toMatchObject({ delivered: 1 });
  });

  test("a job that was leased by a clock that has been set back since is free when a lease is over", async () => {
    const outbox = await anOutbox();
    const due = () => outbox.deliverDue(async () => delivered, { concurrency: 1, timeoutMs: 5_000 });
    await outbox.put(aJob("1"));
    await sql(`UPDATE ${schema}.outbox SET leased_until = now() + interval '1 hour'`);
    expect(await due()).toMatchObject({ delivered: 0 });
    await sql(`UPDATE ${schema}.outbox SET leased_until = leased_until - interval '30 s'`);
    expect(await due()).toMatchObject({ delivered: 1 });
  });

  test("an order that waits for others is refused in time, as they are", { timeout: 4_000 }, async () => {
    let silent = false;
    const outbox = await anOutbox({
      query: (text, values) => (silent ? new Promise<never>(() => {}) : pool.query(text, values)),
    });
    silent = true;
    const putting: Promise<unknown>[] = [];
    for (const number of ["1", "2", "3"]) {
      putting.push(outbox.put(aJob(number)).catch((error: AvantLinkError) => error.code));
      await new Promise(setImmediate);
    }
    expect(await Promise.all(putting)).toEqual(putting.map(() => "outbox.unavailable"));
  });

  test("a server that accepts no writes is refused when the outbox is opened", async () => {
    await sql(postgresSchema({ schema }));
    const replica = new Pool({
      connectionString: server.url,
      options: "-c default_transaction_read_only=on",
    });
    ending.push(() => replica.end());
    await expect(anOutbox({ query: replica })).rejects.toMatchObject({
      code: "outbox.unavailable",
      message: expect.stringContaining("Connect to the primary"),
    });
  });

  test("a statement that PostgreSQL rolled back for another's sake is run again", async () => {
    const tries = new Map<string, number>();
    const outbox = await anOutbox({
      async query(text, values) {
        const count = (tries.get(text) ?? 0) + 1;
        tries.set(text, count);
        if (count % 3 > 0) throw Object.assign(new Error("could not serialize access"), { code: "40001" });
        return pool.query(text, values);
      },
    });
    expect(await outbox.put(aJob("1"))).toEqual({ status: "accepted" });
    const worker = await bench(outbox);
    (await worker.next()).answer(delivered);
    await expect.poll(() => stateIn(outbox, keyOf("1")), { timeout: 10_000 }).toBe("delivered");
    expect(codes()).toEqual([]);
    await worker.end();
  });

  describe("the tables", () => {
    test("may be made beforehand, by the statement that is printed, any number of times", async () => {
      for (const time of ["first", "again"])
        expect([time, await sql(postgresSchema({ schema }))]).toBeDefined();
      const outbox = await anOutbox();
      expect(await outbox.put(aJob("1"))).toEqual({ status: "accepted" });
      await sql(postgresSchema({ schema }));
      expect(await outbox.totals()).toMatchObject({ accepted: 1 });
    });

    test("are made once by processes that start at the same moment", async () => {
      const all = await Promise.all(Array.from({ length: 8 }, () => anOutbox()));
      await Promise.all(all.map((outbox, index) => outbox.put(aJob(`${index}`))));
      expect(await all[0]?.totals()).toMatchObject({ accepted: 8 });
    });

    test("that a user may use and not make are used", async () => {
      const role = `user_${randomUUID().slice(0, 8)}`;
      await sql(postgresSchema({ schema }));
      await sql(`CREATE ROLE ${role} LOGIN`);
      await sql(`GRANT USAGE ON SCHEMA ${schema} TO ${role}`);
      await sql(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role}`);
      const url = new URL(server.url);
      url.username = role;
      const poor = new Pool({ connectionString: url.href });
      ending.push(() => poor.end());
      const outbox = await anOutbox({ query: poor });
      expect(await outbox.put(aJob("1"))).toEqual({ status: "accepted" });
      await expect(anOutbox({ query: poor, schema: `${schema}_other` })).rejects.toMatchObject({
        code: "outbox.unfit",
        message: expect.stringContaining("42501"),
      });
    });

    test.each([
      {
        table: "outbox",
        granted: ["SELECT"],
        lacking: "lacks INSERT on outbox, UPDATE on outbox, DELETE on outbox",
      },
      {
        table: "outbox_count",
        granted: ["SELECT", "INSERT", "DELETE"],
        lacking: "lacks UPDATE on outbox_count",
      },
    ])("$table, with $granted only, is refused when the outbox is opened", async (given) => {
      const { table, granted, lacking } = given;
      const role = `user_${randomUUID().slice(0, 8)}`;
      await sql(postgresSchema({ schema }));
      await sql(`CREATE ROLE ${role} LOGIN`);
      await sql(`GRANT USAGE ON SCHEMA ${schema} TO ${role}`);
      await sql(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role}`);
      await sql(`REVOKE ALL ON ${schema}.${table} FROM ${role}`);
      await sql(`GRANT ${granted} ON ${schema}.${table} TO ${role}`);
      const url = new URL(server.url);
      url.username = role;
      const poor = new Pool({ connectionString: url.href });
      ending.push(() => poor.end());
      await expect(anOutbox({ query: poor })).rejects.toMatchObject({
        code: "outbox.unfit",
        message: expect.stringContaining(`${lacking}.`),
      });
    });

    test("that were restored without their comment are used as they are", async () => {
      await sql(postgresSchema({ schema }));
      await sql(`COMMENT ON TABLE ${schema}.outbox IS NULL`);
      const outbox = await anOutbox();
      expect(await outbox.put(aJob("1"))).toEqual({ status: "accepted" });
      await sql(postgresSchema({ schema }));
      expect(await outbox.totals()).toMatchObject({ accepted: 1 });
    });

    test("are not taken for a table of the shop's that has their name", async () => {
      await sql(`CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.outbox (id integer)`);
      await expect(anOutbox()).rejects.toMatchObject({ code: "outbox.unavailable" });
    });

    test("of a newer version are refused", async () => {
      await sql(postgresSchema({ schema }));
      await sql(`COMMENT ON TABLE ${schema}.outbox IS 'Schema version 99'`);
      await expect(anOutbox()).rejects.toMatchObject({
        code: "outbox.unfit",
        message: expect.stringContaining("newer version"),
      });
    });

    test("of many settled orders are listed in parts, no order twice and none left out", async () => {
      const parts: number[] = [];
      const outbox = await anOutbox({
        async query(text, values) {
          const result = await pool.query(text, values);
          parts.push(result.rows.length);
          return result;
        },
      });
      const at = Date.now();
      await sql(
        `INSERT INTO ${schema}.outbox (key, status, kind, order_number, body, accepted_at, due, scheduled_at, settled_at)
          SELECT sha256(n::text::bytea), 'delivered', 'order', '', '',
            to_timestamp($1::float8 / 1000) - n * interval '1 s', now(), now(), now() - n * interval '7 microseconds'
          FROM generate_series(1, 25000) n`,
        [at],
      );
      const all = await outbox.settled.list({ from: at - 25_000_000, until: at });
      expect(all).toHaveLength(25_000);
      expect(new Set(all.map(({ key }) => key)).size).toBe(25_000);
      expect(Math.max(...parts)).toBeLessThanOrEqual(10_000);
      expect(await outbox.settled.list({ from: at - 100_000, until: at })).toHaveLength(100);
    });

    test("of a million settled orders are counted as fast as none", async () => {
      const outbox = await anOutbox();
      await sql(`INSERT INTO ${schema}.outbox (key, status, kind, order_number, body, accepted_at, due, scheduled_at, settled_at)
        SELECT sha256(n::text::bytea), 'delivered', 'order', '', '', now(), now(), now(), now() FROM generate_series(1, 100000) n`);
      await sql(`INSERT INTO ${schema}.outbox_count VALUES (99, 100000, 0)`);
      const { rows } = await sql(`EXPLAIN SELECT count(*) FROM ${schema}.outbox WHERE status = 'pending'`);
      expect(JSON.stringify(rows)).toMatch(/Index/);
      expect(await outbox.totals()).toMatchObject({ accepted: 100_000, delivered: 100_000 });
    });
  });

  describe("a failure of the server", () => {
    /** A client whose next calls fail as PostgreSQL does. */
    function failing() {
      const failures: string[] = [];
      const query = async (text: string, params: (string | null)[]) => {
        const code = failures.shift();
        if (code !== undefined)
          throw Object.assign(new Error(`secret of ${params[0]}`), { code, detail: params });
        return pool.query(text, params);
      };
      return { failures, query };
    }

    test.each([
      ["57P01", "a shutdown"],
      ["53300", "too many connections"],
      ["57014", "a statement time-out"],
      ["08006", "a broken connection"],
    ])("%s (%s) refuses an order, loses none, and holds nothing of the order in the error", async (code) => {
      const { failures, query } = failing();
      const outbox = await anOutbox({ query });
      failures.push(code);
      const error = await outbox.put(aJob("1")).catch((cause: unknown) => cause);
      expect(error).toMatchObject({ code: "outbox.unavailable", message: expect.stringContaining(code) });
      expect(error).not.toHaveProperty("cause");
      expect(JSON.stringify(error) + String(error)).not.toContain("secret");
      expect(await outbox.put(aJob("1"))).toEqual({ status: "accepted" });
      const worker = await bench(outbox);
      const { answer } = await worker.next();
      // The verdict is kept until the server takes it.
      failures.push(code, code);
      answer(delivered);
      await expect.poll(() => stateIn(outbox, keyOf("1")), { timeout: 10_000 }).toBe("delivered");
      expect(codes()).toContain("outbox.stalled");
      expect(worker.open).toBe(0);
      await worker.end();
    });
  });

  describe("under load", () => {
    /** Accepts and delivers while `harm` is done after each batch; what was accepted must be delivered. */
    async function underLoad(query: Pool, harm: (batch: number) => Promise<unknown>): Promise<void> {
      query.on("error", () => {});
      ending.push(() => query.end());
      const outbox = await anOutbox({ query });
      const sent: string[] = [];
      const deliver = async ({ key }: { readonly key: string }) => {
        sent.push(key);
        return delivered;
      };
      const worker = await outbox.run(deliver, { concurrency: 10 });
      const accepted: string[] = [];
      const put = async (number: string) => {
        for (;;) {
          const result = await outbox.put(aJob(number)).catch((error: AvantLinkError) => error);
          if ("status" in result) return void accepted.push(keyOf(number));
          expect(result.code).toBe("outbox.unavailable");
        }
      };
      for (let batch = 0; batch < 20; batch += 1) {
        const putting = Array.from({ length: 25 }, (_, index) => put(`${batch}-${index}`));
        await harm(batch);
        await Promise.all(putting);
      }
      // A claim whose answer was lost holds its jobs until the lease ends.
      const endLeases = () =>
        sql(`UPDATE ${schema}.outbox SET leased_until = '-infinity' WHERE status = 'pending'`);
      await expect
        .poll(
          () =>
            endLeases()
              .then(() => outbox.totals())
              .catch((cause) => String(cause)),
          { timeout: 15_000, interval: 500 },
        )
        .toMatchObject({ accepted: 500, delivered: 500, pending: 0 });
      expect(new Set(sent)).toEqual(new Set(accepted));
      expect(sent).toHaveLength(500);
      await worker.stop();
    }

    test("connections that the server ends lose no order and send none twice", async () => {
      const query = new Pool({ connectionString: `${server.url}?application_name=${schema}` });
      await underLoad(query, () =>
        sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1", [schema]),
      );
    });

    test("a role with fewer connections than the pool asks for loses no order", async () => {
      await sql(`CREATE ROLE ${schema} LOGIN SUPERUSER`);
      await sql(`ALTER ROLE ${schema} NOSUPERUSER CONNECTION LIMIT 2`);
      await sql(`GRANT CREATE ON DATABASE postgres TO ${schema}`);
      const url = new URL(server.url);
      url.username = schema;
      await underLoad(new Pool({ connectionString: url.href }), async () => {});
    });

    test("a statement time-out that is too short while the table is locked loses no order", async () => {
      await sql(postgresSchema({ schema }));
      await underLoad(new Pool({ connectionString: server.url, statement_timeout: 500 }), () =>
        sql(`BEGIN; LOCK TABLE ${schema}.outbox IN EXCLUSIVE MODE; SELECT pg_sleep(0.8); COMMIT`),
      );
    });
  });

  describe("the server's own settings", () => {
    const set = async (value: string) => {
      await sql(`ALTER SYSTEM SET synchronous_commit = ${value}`);
      await sql("SELECT pg_reload_conf()");
      await expect
        .poll(() => sql("SHOW synchronous_commit").then(({ rows }) => rows))
        .toEqual([{ synchronous_commit: value }]);
    };

    test("that lose nothing are no matter", async () => {
      await anOutbox();
      expect(problems).toEqual([]);
    });

    test("that lose the last orders in a power cut are reported, and orders are accepted", async () => {
      await set("off");
      ending.push(() => set("on"));
      const outbox = await anOutbox();
      expect(codes()).toEqual(["outbox.at-risk"]);
      expect(problems[0]?.message).toMatch(/synchronous_commit is off/);
      expect(await outbox.put(aJob("1"))).toEqual({ status: "accepted" });
    });
  });

  test("while PostgreSQL is away orders are refused in time, that is reported, nothing crashes, and all goes on when it is back", async () => {
    const outbox = await anOutbox();
    const worker = await bench(outbox, 2);
    await outbox.put(aJob("1"));
    const sent = await worker.next();
    await server.stop("SIGQUIT");
    await expect(outbox.put(aJob("2"))).rejects.toMatchObject({ code: "outbox.unavailable" });
    await expect(outbox.totals()).rejects.toMatchObject({ code: "outbox.unavailable" });
    sent.answer(delivered);
    await expect.poll(codes, { timeout: 5_000 }).toContain("outbox.stalled");
    await server.start();
    await expect
      .poll(() => outbox.put(aJob("3")).catch(() => {}), { timeout: 10_000 })
      .toEqual({ status: "accepted" });
    const next = await worker.next();
    expect(next.job.key).toBe(keyOf("3"));
    next.answer(delivered);
    await expect.poll(() => outbox.totals(), { timeout: 5_000 }).toMatchObject({ accepted: 2, delivered: 2 });
    await worker.end();
  });
});

describe("options", () => {
  const query = async () => [];
  const wrong: [string, object, RegExp][] = [
    ["no client", {}, /query: expected a client/],
    ["something else", { query: { send() {} } }, /query: expected a client/],
    ["a schema with a quote", { query, schema: 'a"; DROP' }, /schema: expected/],
    ["an unknown option", { query, url: "x" }, /url: is not an option/],
  ];
  test.each(wrong)("%s is refused when the outbox is made", (_, options, message) => {
    expect(() => postgresOutbox(options as PostgresOutboxOptions)).toThrow(message);
  });
});
