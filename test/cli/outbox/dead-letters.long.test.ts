import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTracker, type Order } from "@avantlink-s2s/core";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { parse } from "csv-parse/sync";
import { describe, expect, onTestFinished, test } from "vitest";
import { runCommand } from "../../support/command-line.ts";
import { eventLog } from "../../support/events.ts";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";
import { outboxAt } from "../../support/outboxes.ts";
import { aFolder, STORES, type Store } from "../stores.ts";

/** A shop with one order that AvantLink refused (1001) and an invalid order (1002). */
async function aShopWithLetters(store: Store) {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const log = eventLog();
  const outbox = await outboxAt(store.address);
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    outbox,
    onEvent: log.onEvent,
  });
  const lift = sandbox.fail({ status: 422 });
  await tracker.trackOrder(anOrder(), aContext());
  await log.waitFor("dead");
  lift();
  await tracker.trackOrder(
    anOrder({ orderNumber: "1002", currency: "dollars" }),
    aContext({ avad: "77_kept" }),
  );
  await tracker.close();
  const env = { AVANTLINK_MERCHANT_ID: MERCHANT_ID, AVANTLINK_ENDPOINT: sandbox.url };
  const run = (...args: string[]) => runCommand(["outbox", ...args, ...store.named], { env });
  /** What reconcile finds in a file of one order. */
  const reconcile = async (order: Order) => {
    const file = join(await aFolder(), "orders.ndjson");
    await writeFile(file, JSON.stringify(order));
    const { stdout } = await runCommand(["reconcile", file, ...store.named, "--json"], { env });
    return JSON.parse(stdout);
  };
  return { sandbox, run, reconcile };
}

const numbersOf = (stdout: string) =>
  (JSON.parse(stdout) as { orders: { orderNumber: string }[] }).orders
    .map(({ orderNumber }) => orderNumber)
    .sort();

for (const { name, missing, make } of STORES) {
  describe.skipIf(missing !== undefined)(
    `dead letters in ${name}${missing ? ` (skipped: ${missing})` : ""}`,
    () => {
      test("are found, understood, corrected and resent with the command alone", {
        timeout: 60_000,
      }, async () => {
        const { sandbox, run } = await aShopWithLetters(await make());
        const list = await run("list", "--json");
        expect(numbersOf(list.stdout)).toEqual(["1001", "1002"]);

        const show = JSON.parse((await run("show", "1002", "--json")).stdout);
        expect(show).toMatchObject({
          kind: "rejected",
          issues: [{ path: "currency" }],
          order: { orderNumber: "1002", currency: "dollars" },
          context: { avad: true, visitorIds: true, googleClickId: false },
        });

        const draft = await run("show", "1002", "--order");
        const file = join(await aFolder(), "order.json");
        await writeFile(file, JSON.stringify({ ...JSON.parse(draft.stdout), currency: "USD" }));
        const corrected = await run("retry", "1002", "--with", file, "--send", "--json");
        expect(JSON.parse(corrected.stdout)).toMatchObject({ delivered: 1, dead: 0, waiting: 0 });
        expect(corrected.code).toBe(0);
        const [order] = await sandbox.waitForOrders(1);
        expect(order?.body).toMatchObject({
          tracking_ids: { avantlink_avad: "77_kept" },
          order: { order_number: "1002", currency: "USD", order_amount_subtotal: 261.95 },
        });

        const rest = await run("retry", "--all", "--send", "--json");
        expect(JSON.parse(rest.stdout)).toMatchObject({ delivered: 1, left: 0 });
        const totals = JSON.parse((await run("stats", "--json")).stdout);
        expect(totals).toMatchObject({ accepted: 2, delivered: 2, waiting: 0, dead: 0, removed: 0 });
        expect(sandbox.orders).toHaveLength(2);
      });

      test("are removed only after a confirmation", async () => {
        const { run } = await aShopWithLetters(await make());
        const unasked = await run("remove", "1001");
        expect(unasked.stderr).toContain("--yes");
        expect(unasked.code).toBe(2);
        expect((await run("remove", "1001", "--yes")).code).toBe(0);
        expect(numbersOf((await run("list", "--json")).stdout)).toEqual(["1002"]);
      });
    },
  );
}

const [sqlite] = STORES;
const inFile = () => sqlite?.make() ?? expect.unreachable();

test("an order refused again stays a dead letter, with AvantLink's answer", async () => {
  const { sandbox, run } = await aShopWithLetters(await inFile());
  sandbox.fail({ status: 422 });
  const { code, stderr } = await run("retry", "1001", "--send");
  expect(code).toBe(1);
  expect(stderr).toContain("AvantLink answered 422");
  expect(numbersOf((await run("list", "--json")).stdout)).toEqual(["1001", "1002"]);
});

test("the command that delivers a retried order names the same merchant and endpoint", async () => {
  const { sandbox, run } = await aShopWithLetters(await inFile());
  const { stdout } = await run("retry", "1001", "--endpoint", sandbox.url, "--merchant", MERCHANT_ID);
  const [, printed = ""] = /From here: avantlink-s2s (.+)$/m.exec(stdout) ?? [];
  expect((await runCommand(printed.split(" "))).stdout).toContain("1 delivered");
  expect(sandbox.orders).toHaveLength(1);
});

test.each(["1001", "1002"])(
  "order %s is known by its corrected amount to reconcile and returns",
  async (orderNumber) => {
    const { run, reconcile } = await aShopWithLetters(await inFile());
    const file = join(await aFolder(), "order.json");
    const corrected = anOrder({ orderNumber, products: [{ sku: "A", unitPrice: "7.00", quantity: 1 }] });
    await writeFile(file, JSON.stringify(corrected));
    expect((await run("retry", orderNumber, "--with", file, "--send")).code).toBe(0);
    expect(await reconcile(corrected)).toMatchObject({ matched: 1, differences: [] });
    const before = anOrder({ orderNumber });
    expect(await reconcile(before)).toMatchObject({
      matched: 0,
      differences: [{ kind: "other-amount", delivered: { subtotal: 7 } }],
    });
  },
);

test("a corrected file with another order's number changes nothing", async () => {
  const { run } = await aShopWithLetters(await inFile());
  const file = join(await aFolder(), "order.json");
  await writeFile(file, JSON.stringify(anOrder({ orderNumber: "7777" })));
  const { code, stderr } = await run("retry", "1001", "--with", file);
  expect(stderr).toContain("is order 7777, but this dead letter is order 1001");
  expect(code).toBe(1);
  expect(numbersOf((await run("list", "--json")).stdout)).toEqual(["1001", "1002"]);
});

test("a corrected file that is still wrong changes nothing", async () => {
  const { run } = await aShopWithLetters(await inFile());
  const file = join(await aFolder(), "order.json");
  await writeFile(file, JSON.stringify(anOrder({ orderNumber: "1002", currency: "€" })));
  const { code, stderr } = await run("retry", "1002", "--with", file);
  expect(stderr).toContain("currency");
  expect(code).toBe(1);
  expect(numbersOf((await run("list", "--json")).stdout)).toEqual(["1001", "1002"]);
});

test("a corrected order keeps the page, the shop's own parameters in it, and the account ID", async () => {
  const store = await inFile();
  const { sandbox, run } = await aShopWithLetters(store);
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    outbox: await outboxAt(store.address),
    keepParameters: ["campaign"],
    onEvent: () => {},
  });
  const currentUrl = "https://shop.example/thank-you?campaign=spring";
  const customer = { newCustomer: false, country: "US", id: "account-7" };
  await tracker.trackOrder(
    anOrder({ orderNumber: "1003", currency: "dollars", customer }),
    aContext({ currentUrl }),
  );
  await tracker.close();
  const draft = JSON.parse((await run("show", "1003", "--order")).stdout);
  const file = join(await aFolder(), "order.json");
  await writeFile(file, JSON.stringify({ ...draft, currency: "USD" }));
  expect((await run("retry", "1003", "--with", file, "--send")).code).toBe(0);
  const [order] = await sandbox.waitForOrders(1);
  expect(order?.body).toMatchObject({ current_url: currentUrl, tracking_ids: { user_id: ["account-7"] } });
});

test("an order that had no number goes by the number that it is given, once", async () => {
  const store = await inFile();
  const { sandbox, run } = await aShopWithLetters(store);
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    outbox: await outboxAt(store.address),
    onEvent: () => {},
  });
  await tracker.trackOrder(anOrder({ orderNumber: "" }), aContext());
  await tracker.close();
  const letters: { key: string; orderNumber: string }[] = JSON.parse(
    (await run("list", "--json")).stdout,
  ).orders;
  const nameless = letters.find(({ orderNumber }) => orderNumber === "")?.key ?? expect.unreachable();
  const file = join(await aFolder(), "order.json");
  await writeFile(file, JSON.stringify(anOrder({ orderNumber: "1003" })));
  expect((await run("retry", nameless.slice(0, 12), "--with", file, "--send")).code).toBe(0);
  const [order] = await sandbox.waitForOrders(1);
  expect(order?.body).toMatchObject({ order: { order_number: "1003" } });
  expect(numbersOf((await run("list", "--json")).stdout)).toEqual(["1001", "1002"]);

  const again = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    outbox: await outboxAt(store.address),
    onEvent: () => {},
  });
  expect(await again.trackOrder(anOrder({ orderNumber: "1003" }))).toMatchObject({ status: "duplicate" });
  await again.close();
});

test("undelivered orders are exported as AvantLink's batch-sales file has them", async () => {
  const { run } = await aShopWithLetters(await inFile());
  const { stdout, stderr, code } = await run("export");
  expect(parse(stdout, { columns: true })).toEqual([
    {
      "Affiliate Data": "77_f3afbe121",
      "Transaction ID": "1001",
      "Sale Item Amount": "249.95",
      "Product ID/SKU": "TENT-2P",
      "Sale Item Quantity": "1",
      "Exclusive Coupon Code": "SAVE10",
    },
    {
      "Affiliate Data": "77_f3afbe121",
      "Transaction ID": "1001",
      "Sale Item Amount": "1.5",
      "Product ID/SKU": "PEG",
      "Sale Item Quantity": "8",
      "Exclusive Coupon Code": "SAVE10",
    },
  ]);
  expect(stderr).toContain("1 invalid order was left out");
  expect(code).toBe(0);
});

test("an export for one merchant leaves out the dead letters of another that shares the outbox", async () => {
  const { run } = await aShopWithLetters(await inFile());
  const other = ["--merchant", "0b1f8c2e-1111-4222-8333-444455556667"];
  const { stdout, stderr } = await run("export", ...other);
  expect(parse(stdout, { columns: true })).toEqual([]);
  expect(stderr).toContain("1 order of another merchant left out");
});

test("without item-based commission the file has a row an order", async () => {
  const { run } = await aShopWithLetters(await inFile());
  const file = join(await aFolder(), "sales.csv");
  await run("export", "--per", "order", "--out", file);
  expect(parse(await readFile(file, "utf8"), { columns: true })).toMatchObject([
    { "Transaction ID": "1001", "Sale Item Amount": "261.95", "Product ID/SKU": "" },
  ]);
});

test("what a person is shown holds neither address nor browser nor token of the shopper", async () => {
  const { run } = await aShopWithLetters(await inFile());
  const shown = [
    await run("list"),
    await run("show", "1001"),
    await run("show", "1001", "--json"),
    await run("stats"),
  ]
    .map(({ stdout, stderr }) => stdout + stderr)
    .join("");
  expect(shown).toContain("TENT-2P");
  for (const secret of ["203.0.113.7", "Mozilla", "77_f3afbe121", "9b2f8f3e"])
    expect(shown).not.toContain(secret);
});
