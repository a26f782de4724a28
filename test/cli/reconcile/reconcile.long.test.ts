import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTracker, type Order } from "@avantlink-s2s/core";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { describe, expect, onTestFinished, test } from "vitest";
import { runCommand } from "../../support/command-line.ts";
import { eventLog } from "../../support/events.ts";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";
import { outboxAt } from "../../support/outboxes.ts";
import { aFolder, STORES, type Store } from "../stores.ts";

const orderOf = (orderNumber: string, unitPrice = "100.00"): Order =>
  anOrder({ orderNumber, couponCodes: [], products: [{ sku: "TENT-2P", unitPrice, quantity: 1 }] });

/** A shop that delivered some orders. Order 1004 waits, and AvantLink refused order 1005. */
async function aShop(store: Store, delivered: readonly string[]) {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const settings = { merchantId: MERCHANT_ID, endpoint: sandbox.url } as const;
  const log = eventLog();
  const tracker = createTracker({ ...settings, outbox: await outboxAt(store.address), onEvent: log.onEvent });
  for (const number of delivered) await tracker.trackOrder(orderOf(number), aContext());
  await log.waitFor("delivered", delivered.length);
  const lift = sandbox.fail({ status: 422 });
  await tracker.trackOrder(orderOf("1005"), aContext());
  await log.waitFor("dead");
  lift();
  await tracker.close();
  const asleep = createTracker({
    ...settings,
    outbox: await outboxAt(store.address),
    deliver: false,
    onEvent: () => {},
  });
  await asleep.trackOrder(orderOf("1004"), aContext());
  await asleep.close();
  const folder = await aFolder();
  const [from, to] = [-3_600_000, 3_600_000].map((ms) => new Date(Date.now() + ms).toISOString());
  return async (orders: readonly object[] | string, ...args: string[]) => {
    const file = join(folder, "orders.ndjson");
    const lines = (given: readonly object[]) => given.map((order) => `${JSON.stringify(order)}\n`).join("");
    await writeFile(file, typeof orders === "string" ? orders : lines(orders));
    const given = ["reconcile", file, ...store.named, "--from", `${from}`, "--to", `${to}`, ...args];
    return runCommand(given, { env: { AVANTLINK_MERCHANT_ID: MERCHANT_ID } });
  };
}

for (const { name, missing, make } of STORES) {
  describe.skipIf(missing !== undefined)(
    `reconcile with an outbox in ${name}${missing ? ` (skipped: ${missing})` : ""}`,
    () => {
      test("finds what is missing, extra, of another amount, waiting and dead", {
        timeout: 60_000,
      }, async () => {
        const run = await aShop(await make(), ["1001", "1002", "1006", "1007"]);
        const file = [
          orderOf("1001"),
          orderOf("1002", "90.00"),
          orderOf("1003"),
          orderOf("1004"),
          orderOf("1005"),
          { ...orderOf("1007"), consent: "denied" },
        ];
        const json = await run(file, "--json");
        const found = JSON.parse(json.stdout);
        expect(json.code).toBe(1);
        expect(found).toMatchObject({ matched: 1, denied: 1, faulty: 0 });
        expect(found.counts).toEqual({
          missing: 1,
          "other-amount": 1,
          waiting: 1,
          dead: 1,
          removed: 0,
          returned: 0,
          extra: 2,
          "extra-early": 0,
        });
        const hundred = { currency: "USD", subtotal: 100 };
        expect(found.differences).toMatchObject([
          {
            kind: "other-amount",
            orderNumber: "1002",
            line: 2,
            inFile: { subtotal: 90 },
            delivered: hundred,
          },
          { kind: "missing", orderNumber: "1003", line: 3, inFile: hundred },
          { kind: "waiting", orderNumber: "1004", line: 4 },
          { kind: "dead", orderNumber: "1005", line: 5 },
          { kind: "extra", orderNumber: "1007", inFile: "denied", delivered: hundred },
          { kind: "extra", key: expect.stringMatching(/^[\da-f]{64}$/), delivered: { ...hundred, lines: 1 } },
        ]);
        expect(found.differences.at(-1)).not.toHaveProperty("orderNumber");

        const text = await run(file);
        expect(text.stdout).toMatch(/1 order is delivered with the same amount/);
        expect(text.stdout).toMatch(/other-amount +1002 +2 +90\.00 USD +100\.00 USD, accepted/);
        expect(text.code).toBe(1);

        const waiting = await run(["1001", "1002", "1004", "1006", "1007"].map((number) => orderOf(number)));
        expect(waiting.code).toBe(3);
        const matching = ["1001", "1002", "1006", "1007"].map((number) => orderOf(number));
        expect((await run(matching)).code).toBe(0);
        expect((await run([...matching, orderOf("1003")])).code).toBe(1);
        expect((await run([...matching, orderOf("1003")], "--allow-missing", "1")).code).toBe(0);
        const early = await run(matching.slice(0, 3), "--margin", "2h", "--json");
        expect(JSON.parse(early.stdout).counts).toMatchObject({ extra: 0, "extra-early": 1 });
        expect(early.code).toBe(0);
      });
    },
  );
}

test("a file with faults is compared as far as it can be read, and ends with 1", {
  timeout: 60_000,
}, async () => {
  const [sqlite] = STORES;
  const run = await aShop(await (sqlite ?? expect.unreachable()).make(), ["1001", "1002"]);
  const twice = await run([orderOf("1001"), orderOf("1002"), orderOf("1001")], "--json");
  // Neither place of the repeated order is compared, and it is not extra.
  expect(JSON.parse(twice.stdout)).toMatchObject({ matched: 1, repeated: 1, differences: [] });
  expect(twice.code).toBe(1);
});

test("orders that were refunded or canceled since, or rightly delivered without their shopper, are no failure", {
  timeout: 60_000,
}, async () => {
  const [sqlite] = STORES;
  const run = await aShop(await (sqlite ?? expect.unreachable()).make(), ["1001", "1002", "1003"]);
  const head =
    "Name,Financial Status,Currency,Subtotal,Lineitem quantity,Lineitem price,Lineitem sku,Cancelled at,consent";
  const row = (number: string, status: string, canceled = "", consent = "granted") =>
    `${number},${status},USD,100.00,1,100.00,TENT-2P,${canceled},${consent}\n`;
  const returned = row("1001", "refunded") + row("1002", "paid", "2026-11-28 10:00:00 +0000");
  const file = `${head}\n${returned}${row("1003", "paid", "", "denied")}`;
  const anonymous = await run(file, "--when-denied", "anonymous", "--json");
  expect(JSON.parse(anonymous.stdout)).toMatchObject({ counts: { returned: 2, extra: 0 }, matched: 1 });
  expect(anonymous.code).toBe(0);
  const alarm = await run(`${head}\n${row("1001", "pending")}${row("1003", "paid", "", "denied")}`, "--json");
  expect(JSON.parse(alarm.stdout).counts).toMatchObject({ returned: 0, extra: 3 });
  expect(alarm.code).toBe(1);
});

test("an order that a shop sends without its shopper is compared as any other", {
  timeout: 60_000,
}, async () => {
  const [sqlite] = STORES;
  const run = await aShop(await (sqlite ?? expect.unreachable()).make(), ["1001", "1002"]);
  const orders = [
    orderOf("1001"),
    orderOf("1002", "90.00"),
    orderOf("1003"),
    orderOf("1004"),
    orderOf("1005"),
  ];
  const file = orders.map((order) => ({ ...order, consent: "denied" }));
  const { code, stdout } = await run(file, "--when-denied", "anonymous", "--json");
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    matched: 1,
    counts: { "other-amount": 1, missing: 1, waiting: 1, dead: 1, extra: 0 },
  });
});
