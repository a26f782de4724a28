import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Order } from "@avantlink-s2s/core";
import { createTracker } from "@avantlink-s2s/core";
import { afterEach, describe, expect, test } from "vitest";
import { runCommand } from "../../support/command-line.ts";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";
import { type OutboxAddress, outboxAt } from "../../support/outboxes.ts";
import { aStore, DURABLE } from "../../support/stores.ts";
import { aDesk, manyOrders, ndjson, numbersAt, orderAt } from "./a-desk.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** What half a minute does to what a dead process had under way. */
function runOutLeases(state: string): void {
  const database = new DatabaseSync(state);
  database.exec("UPDATE outbox SET leased_until = 0");
  database.close();
}

describe("a file of orders", () => {
  test("is only checked unless sending is asked for, and nothing is written", async () => {
    const { folder, sandbox, run } = await aDesk("orders.ndjson", ndjson(manyOrders(3)));
    const { code, stdout } = await run("--json");
    expect(JSON.parse(stdout)).toMatchObject({ sendable: 3, faulty: 0, sales: { USD: 785.85 } });
    expect(code).toBe(0);
    expect(sandbox.requests).toHaveLength(0);
    expect(await readdir(folder)).toEqual(["orders.ndjson"]);
  });

  test("is sent whole, with each order's context, and not again when it is given again", async () => {
    const { sandbox, run } = await aDesk("orders.ndjson", ndjson(manyOrders(60)));
    const first = await run("--send", "--json");
    expect(JSON.parse(first.stdout)).toMatchObject({ sent: { delivered: 60, knownBefore: 0, waiting: 0 } });
    expect(first.code).toBe(0);
    expect(new Set(numbersAt(sandbox)).size).toBe(60);
    expect(orderAt(sandbox, "7")).toMatchObject({ tracking_ids: { avantlink_avad: "77_f3afbe121" } });
    const again = await run("--send", "--json");
    expect(JSON.parse(again.stdout)).toMatchObject({ sent: { delivered: 0, knownBefore: 60 } });
    expect(sandbox.orders).toHaveLength(60);
  });

  test("with a faulty order is not sent at all, unless its rest is asked for", async () => {
    const orders = [
      anOrder(),
      anOrder({ orderNumber: "1002", currency: "dollars" }),
      anOrder({ orderNumber: "1003" }),
    ];
    const { sandbox, run } = await aDesk(
      "orders.ndjson",
      `${ndjson(orders)}{"orderNumber": jane@shop.example}\n`,
    );
    const { code, stdout, stderr } = await run("--send");
    expect(code).toBe(1);
    expect(stdout).toContain("line 2: currency");
    expect(stdout).toContain("line 4: line");
    expect(stdout + stderr).not.toContain("jane");
    expect(sandbox.requests).toHaveLength(0);
    expect((await run("--send", "--skip-faulty")).code).toBe(0);
    expect(numbersAt(sandbox).sort()).toEqual(["1001", "1003"]);
  });

  test("sends neither place of an order number that stands in two", async () => {
    const orders = [anOrder(), anOrder({ orderNumber: "1002" }), anOrder({ subtotal: 5 })];
    const { sandbox, run } = await aDesk("orders.ndjson", ndjson(orders));
    const { code, stdout } = await run("--json");
    expect(JSON.parse(stdout)).toMatchObject({
      sendable: 1,
      repeated: 1,
      problems: [{ line: 3, rule: "file.repeated" }],
    });
    expect(code).toBe(1);
    await run("--send", "--skip-faulty");
    expect(numbersAt(sandbox)).toEqual(["1002"]);
  });

  test("leaves out shoppers who denied consent", async () => {
    const refused = [
      { ...anOrder(), context: aContext({ consent: "denied" }) },
      { ...anOrder({ orderNumber: "1002" }), context: aContext({ gpc: true }) },
      { ...anOrder({ orderNumber: "1003" }), context: aContext() },
    ];
    const { sandbox, run } = await aDesk("orders.ndjson", ndjson(refused));
    expect(JSON.parse((await run("--send", "--json")).stdout)).toMatchObject({
      denied: 2,
      sendable: 1,
    });
    expect(numbersAt(sandbox)).toEqual(["1003"]);
  });

  test("keeps orders that AvantLink refuses as dead letters, until the same command sends them again", async () => {
    const { file, sandbox, env, run } = await aDesk("orders.ndjson", ndjson(manyOrders(2)));
    sandbox.fail({ status: 422, times: 1 });
    const { code, stdout, stderr } = await run("--send", "--json", "--concurrency", "1");
    expect(JSON.parse(stdout)).toMatchObject({ sent: { delivered: 1, dead: 1 } });
    expect(code).toBe(1);
    expect(stderr).toContain(`outbox list --dead --sqlite ${file}.sent.db`);
    const list = await runCommand(["outbox", "list", "--json", "--sqlite", `${file}.sent.db`], { env });
    expect(JSON.parse(list.stdout).orders).toMatchObject([
      { orderNumber: "1", reason: { code: "delivery.refused" } },
    ]);
    const again = await run("--send", "--json");
    expect(JSON.parse(again.stdout)).toMatchObject({ sent: { delivered: 1, knownBefore: 1, dead: 0 } });
    expect(again.code).toBe(0);
  });
});

describe("a CSV file", () => {
  const HEAD =
    "order_number,currency,new_customer,country,coupon_codes,sku,unit_price,quantity,order_discount,avad,E-Mail\r\n";

  test("has a row an item, and what belongs to the order in any of its rows", async () => {
    const rows = [
      '1001,usd,yes,US,SAVE10|FREE,"TENT, ""2P""",249.95,1,,77_f3,jane@shop.example',
      "1001,,,,,PEG,1.50,8,,,",
      "1002,JPY,no,JP,,A,1200,2,,,",
    ];
    const { sandbox, run } = await aDesk("orders.csv", `\uFEFF${HEAD}${rows.join("\r\n")}\r\n`);
    const { code, stdout } = await run("--send", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      sendable: 2,
      ignoredColumns: ["E-Mail"],
      sent: { delivered: 2 },
    });
    expect(code).toBe(0);
    expect(orderAt(sandbox, "1001")).toMatchObject({
      tracking_ids: { avantlink_avad: "77_f3" },
      order: {
        currency: "USD",
        order_amount_subtotal: 261.95,
        coupon_codes: ["SAVE10", "FREE"],
        customer: { new_customer: true, country: "US" },
        products: [
          { product_sku: 'TENT, "2P"', quantity: 1 },
          { product_sku: "PEG", quantity: 8 },
        ],
      },
    });
    expect(orderAt(sandbox, "1002")).toMatchObject({ order: { order_amount_subtotal: 2400 } });
    expect(JSON.stringify(sandbox.requests)).not.toContain("jane");
  });

  test("whose rows of one order contradict each other, or stand apart, is faulty", async () => {
    const rows = [
      "1,USD,,US,,A,1,1,,,",
      "1,EUR,,US,,B,1,1,,,",
      "2,USD,,US,,A,1,1,,,",
      "3,USD,,US,,A,1,1,,,",
      "2,USD,,US,,B,1,1,,,",
    ];
    const { run } = await aDesk("orders.csv", HEAD + rows.join("\r\n"));
    const { problems } = JSON.parse((await run("--json")).stdout);
    expect(problems).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({
          field: "currency",
          message: expect.stringContaining("differs from another row of the same order"),
        }),
        expect.objectContaining({ rule: "file.repeated" }),
      ]),
    );
  });

  test("with a row that has too many values is reported by its line, and not sent", async () => {
    const { sandbox, run } = await aDesk(
      "orders.csv",
      `${HEAD}1,USD,,US,,A,1,1,,,\r\n2,USD,,US,,A,1,1,,,,,,\r\n`,
    );
    const { code, stdout } = await run("--send");
    expect(code).toBe(1);
    expect(stdout).toContain("line 3");
    expect(sandbox.requests).toHaveLength(0);
  });
});

describe("an interrupted backfill", () => {
  const COUNT = 1_000;
  const CONCURRENCY = 4;

  test("continues after a kill and sends again at most the requests that were open", {
    timeout: 180_000,
  }, async () => {
    const { file, sandbox, start, run } = await aDesk("orders.ndjson", ndjson(manyOrders(COUNT)));
    const concurrency = ["--concurrency", `${CONCURRENCY}`];
    const killed = start("--send", ...concurrency);
    await sandbox.waitForOrders(COUNT / 3, { timeoutMs: 60_000 });
    killed.process.kill("SIGKILL");
    await killed.finished;
    const before = new Set(numbersAt(sandbox)).size;
    expect(before).toBeLessThan(COUNT);
    runOutLeases(`${file}.sent.db`);

    const { code, stdout } = await run("--send", "--json", ...concurrency);
    const { sent } = JSON.parse(stdout);
    expect(sent).toMatchObject({ dead: 0, waiting: 0, unsent: 0 });
    expect(sent.delivered + sent.knownBefore).toBe(COUNT);
    expect(code).toBe(0);
    const numbers = numbersAt(sandbox);
    expect(new Set(numbers).size).toBe(COUNT);
    expect(numbers.length - COUNT).toBeLessThanOrEqual(CONCURRENCY);
  });

  test("stops at Ctrl-C, awaits open requests, says what is left, and continues with the rest", {
    timeout: 120_000,
  }, async () => {
    const { folder, sandbox, start, run } = await aDesk("orders.ndjson", ndjson(manyOrders(60)));
    // Nothing is answered until the signal was handled, so that open requests are certain.
    const lift = sandbox.fail({ hang: true, taken: true });
    const stopped = start("--send", "--json", "--concurrency", `${CONCURRENCY}`);
    await sandbox.waitForRequests(CONCURRENCY, { timeoutMs: 60_000 });
    lift();
    stopped.process.kill("SIGINT");
    const { code, stdout, stderr } = await stopped.finished;
    expect(code).toBe(130);
    const { sent } = JSON.parse(stdout);
    expect(sent).toMatchObject({ interrupted: true, dead: 0 });
    // No request was begun after the signal.
    expect(sandbox.requests).toHaveLength(CONCURRENCY);
    expect(sent.delivered + sent.waiting + sent.unsent).toBe(60);
    expect(stderr).toContain("Press Ctrl-C again to quit now");
    expect(stderr).toContain(`${sent.waiting + sent.unsent} orders left`);

    expect(JSON.parse((await run("--send", "--json")).stdout).sent).toMatchObject({
      delivered: 60 - sent.delivered,
      waiting: 0,
      unsent: 0,
    });
    expect(new Set(numbersAt(sandbox)).size).toBe(60);
    expect(await readdir(folder)).toEqual([
      "orders.ndjson",
      "orders.ndjson.sent.db",
      "orders.ndjson.sent.db.for",
    ]);
  });

  test("may run twice at a time, and each order is sent once", async () => {
    const { sandbox, run } = await aDesk("orders.ndjson", ndjson(manyOrders(40)));
    const both = await Promise.all([run("--send"), run("--send")]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(numbersAt(sandbox)).toHaveLength(40);
    expect(new Set(numbersAt(sandbox)).size).toBe(40);
  });
});

test("an order that got no answer is sent again until AvantLink confirms it", async () => {
  const { sandbox, run } = await aDesk("orders.ndjson", ndjson(manyOrders(12)));
  sandbox.fail({ reset: true, taken: true, times: 2 });
  sandbox.fail({ status: 503, times: 2 });
  const { code, stdout } = await run("--send", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ sent: { delivered: 12, dead: 0, waiting: 0 } });
  expect(new Set(numbersAt(sandbox)).size).toBe(12);
});

describe.each(DURABLE)("the shop's own outbox in %s", (kind) => {
  test("knows what the shop has sent, which is not sent again; the rest goes through it", async ({
    skip,
  }) => {
    const store = await aStore(kind);
    if ("missing" in store) return skip(store.missing);
    ends.push(() => store.end());
    const { address } = store;
    const outbox = await outboxAt(address);
    const orders: readonly Order[] = [anOrder(), anOrder({ orderNumber: "1002" })];
    const { sandbox, run } = await aDesk("orders.ndjson", ndjson(orders));
    const shop = createTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url, outbox });
    await shop.trackOrder(anOrder(), aContext(), { waitForDeliveryMs: 5_000 });
    await shop.close();
    const { stdout, code } = await run("--send", "--json", ...namedBy(address));
    expect(JSON.parse(stdout)).toMatchObject({ sent: { delivered: 1, knownBefore: 1 } });
    expect(code).toBe(0);
    expect(numbersAt(sandbox)).toEqual(["1001", "1002"]);
  });
});

test("the command that continues a run repeats no password", async ({ skip }) => {
  const store = await aStore("postgres");
  if ("missing" in store) return skip(store.missing);
  ends.push(store.end);
  const { address } = store;
  if (address.kind !== "postgres") return expect.unreachable();
  const { sandbox, run } = await aDesk("orders.ndjson", ndjson([anOrder()]));
  const outbox = await outboxAt(address);
  const shop = createTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url, outbox });
  await shop.start();
  await shop.close();
  const server = new URL(address.url);
  const password = server.password || "open-sesame";
  sandbox.fail({ status: 503 });
  const inAddress = new URL(server);
  inAddress.password = password;
  const inQuery = new URL(server);
  inQuery.search = `user=${server.username}&password=${password}`;
  for (const { href } of [inAddress, inQuery]) {
    const where = ["--postgres", href, "--schema", address.schema];
    const { stdout, stderr } = await run("--send", "--for", "1s", ...where);
    expect(stderr).toContain("Continue with: avantlink-s2s backfill");
    expect(stderr).toMatch(/--postgres '[^ ]*(?:\w:\*\*\*@|password=\*\*\*)[^ ]*' --schema/);
    expect(stdout + stderr).not.toContain(password);
  }
});

function namedBy(address: OutboxAddress): readonly string[] {
  if (address.kind === "sqlite") return ["--sqlite", address.path];
  if (address.kind === "bullmq") return ["--redis", address.url, "--queue", address.queue];
  return ["--postgres", address.url, "--schema", address.schema];
}

test("a file is not sent without a merchant, and its format is known by its content", async () => {
  const { folder, file } = await aDesk("orders.ndjson", ndjson([anOrder()]));
  expect((await runCommand(["backfill", file, "--send", "--yes"])).code).toBe(2);
  const unknown = join(folder, "orders.txt");
  await writeFile(unknown, await readFile(file));
  expect((await runCommand(["backfill", unknown])).code).toBe(0);
});
