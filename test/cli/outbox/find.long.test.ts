import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTracker } from "@avantlink-s2s/core";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { describe, expect, onTestFinished, test } from "vitest";
import { EXIT } from "../../../packages/cli/src/exit-codes.ts";
import { runCommand } from "../../support/command-line.ts";
import { eventLog } from "../../support/events.ts";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";

/** A shop during an outage: 1001 is delivered, 1002 a dead letter, 1003 waits on HTTP 503, 1004 is invalid. */
async function aShopInAnOutage() {
  const folder = await mkdtemp(join(tmpdir(), "avantlink-cli-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "orders.db");
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const log = eventLog();
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    outbox: sqliteOutbox({ path }),
    // The next try is far away, so that the order waits for as long as a test takes.
    retry: { baseDelayMs: 600_000, maxDelayMs: 900_000 },
    onEvent: log.onEvent,
  });
  await tracker.trackOrder(anOrder(), aContext());
  await log.waitFor("delivered");
  sandbox.fail({
    status: 422,
    body: { error: "jane@shop.example has no such order", error_key: "client.x" },
    times: 1,
  });
  await tracker.trackOrder(anOrder({ orderNumber: "1002" }), aContext());
  await log.waitFor("dead");
  sandbox.fail({ status: 503 });
  await tracker.trackOrder(anOrder({ orderNumber: "1003" }), aContext());
  await log.waitFor("retrying");
  await tracker.trackOrder(anOrder({ orderNumber: "1004", currency: "dollars" }), aContext());
  await tracker.close({ timeoutMs: 0 });
  const env = {
    AVANTLINK_MERCHANT_ID: MERCHANT_ID,
    AVANTLINK_ENDPOINT: sandbox.url,
    AVANTLINK_OUTBOX: `sqlite:${path}`,
  };
  const run = (...args: string[]) => runCommand(["outbox", ...args], { env });
  return { sandbox, folder, env, run };
}

test("find says what became of an order, with an exit code for each answer", {
  timeout: 60_000,
}, async () => {
  const { run } = await aShopInAnOutage();
  const of = async (order: string) => {
    const { code, stdout } = await run("find", order, "--json");
    return { code, ...JSON.parse(stdout) };
  };
  expect(await of("1001")).toMatchObject({ code: EXIT.ok, orderNumber: "1001", status: "delivered" });
  expect(await of("1002")).toMatchObject({
    code: EXIT.wrong,
    status: "dead",
    reason: { code: "delivery.refused", errorKey: "client.x" },
  });
  expect(await of("1003")).toMatchObject({
    code: EXIT.unreachable,
    status: "waiting",
    attempts: 1,
    lastAttempts: [{ answer: expect.stringContaining("503") }],
    nextTryAt: expect.any(String),
  });
  expect(await of("9999")).toMatchObject({ code: EXIT.unknown, status: "unknown" });
  const { stdout } = await run("find", "1003");
  for (const part of ["1003 is waiting", "503", "next try", "in "]) expect(stdout).toContain(part);
});

test("find prints a next step that shows the order, whatever its number is", async () => {
  const folder = await mkdtemp(join(tmpdir(), "avantlink-cli-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "orders.db");
  const outbox = sqliteOutbox({ path });
  const tracker = createTracker({ merchantId: MERCHANT_ID, endpoint: "http://127.0.0.1:1", outbox });
  const orderNumber = "--it's 10\u200b01";
  await tracker.trackOrder(anOrder({ orderNumber, currency: "dollars" }));
  await tracker.close();
  const env = { AVANTLINK_MERCHANT_ID: MERCHANT_ID, AVANTLINK_OUTBOX: `sqlite:${path}` };
  const { stdout } = await runCommand(["outbox", "find", "--", orderNumber], { env });
  const [, printed = ""] = /Next step: avantlink-s2s (.+)$/m.exec(stdout) ?? [];
  const shown = await runCommand([...printed.split(" "), "--json"], { env });
  expect(JSON.parse(shown.stdout)).toMatchObject({ orderNumber, issues: [{ path: "currency" }] });
});

test("an outage is visible in list, stats and the doctor", { timeout: 60_000 }, async () => {
  const { run, env } = await aShopInAnOutage();
  const list = await run("list");
  expect(list.stdout).toMatch(/1 order is waiting:[\s\S]*1003[\s\S]*503[\s\S]*2 dead letters:[\s\S]*1002/);
  const waiting = JSON.parse((await run("list", "--waiting", "--json")).stdout);
  expect(waiting.orders).toMatchObject([{ orderNumber: "1003", status: "waiting" }]);
  const stats = await run("stats");
  expect(stats.stdout).toContain("4 accepted = 1 delivered + 1 waiting + 2 dead + 0 removed");
  expect(stats.stdout).toMatch(/oldest waiting order is 1003[\s\S]*503/);
  const { stdout } = await runCommand(["doctor"], { env });
  expect(stdout).toMatch(/oldest waiting order was accepted .* ago; AvantLink's last answer: .*503/);
});

test("a scheduler gets an exit code for dead letters and for orders that wait too long", async () => {
  const { run } = await aShopInAnOutage();
  expect(await run("stats", "--fail-if-dead")).toMatchObject({
    code: EXIT.wrong,
    stderr: expect.stringContaining("2 dead letters"),
  });
  expect((await run("stats", "--fail-if-older", "1d")).code).toBe(EXIT.ok);
  expect((await run("stats")).code).toBe(EXIT.ok);
  await expect
    .poll(async () => (await run("stats", "--fail-if-older", "1s")).code, { timeout: 15_000 })
    .toBe(EXIT.wrong);
});

describe("during an outage", () => {
  test("retried letters stay visible, and deliver brings them home afterwards", {
    timeout: 60_000,
  }, async () => {
    const { sandbox, run } = await aShopInAnOutage();
    const during = await run("retry", "1002", "--send", "--wait", "1s", "--json");
    expect(during.code).toBe(EXIT.unreachable);
    expect(JSON.parse(during.stdout)).toMatchObject({ delivered: 0, waiting: 1 });
    expect(JSON.parse((await run("list", "--waiting", "--json")).stdout).orders).toHaveLength(2);
    sandbox.fail(null);
    await expect
      .poll(async () => JSON.parse((await run("deliver", "--for", "10s", "--json")).stdout).waiting, {
        timeout: 30_000,
        interval: 500,
      })
      .toBe(1);
    expect((await run("find", "1002")).code).toBe(EXIT.ok);
  });

  test("deliver without anything due does nothing and says what waits", async () => {
    const { run } = await aShopInAnOutage();
    const { code, stdout, stderr } = await run("deliver");
    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain("0 delivered");
    expect(stderr).toMatch(/1 order is waiting. Next try in/);
  });
});

test("deliver ends with 3 and says why while AvantLink can't be reached", { timeout: 60_000 }, async () => {
  const { env, run } = await aShopInAnOutage();
  expect((await run("retry", "1002")).code).toBe(EXIT.ok);
  const { code, stderr } = await runCommand(
    ["outbox", "deliver", "--for", "2s", "--endpoint", "http://127.0.0.1:9"],
    { env },
  );
  expect(code).toBe(EXIT.unreachable);
  expect(stderr).toMatch(/2 orders are waiting[\s\S]*Can't connect to AvantLink/);
});

test("forget erases a waiting order and says what it can't take back", { timeout: 60_000 }, async () => {
  const { run } = await aShopInAnOutage();
  const { code, stderr } = await run("forget", "1003");
  expect(code).toBe(EXIT.usage);
  expect(stderr).toContain("--yes to erase");
  expect(JSON.parse((await run("forget", "1003", "--yes", "--json")).stdout)).toMatchObject({
    status: "removed",
  });
  expect(JSON.parse((await run("list", "--waiting", "--json")).stdout).orders).toEqual([]);
  expect((await run("forget", "1001", "--yes")).stdout).toContain("AvantLink has it");
  expect((await run("forget", "9999", "--yes")).code).toBe(EXIT.unknown);
});

test("AvantLink's own words are shown on request only", async () => {
  const { run } = await aShopInAnOutage();
  const shown = [
    await run("list"),
    await run("list", "--json"),
    await run("find", "1002"),
    await run("show", "1002"),
  ];
  for (const { stdout, stderr } of shown) {
    expect(stdout + stderr).not.toContain("no such order");
    expect(stdout).toContain("client.x");
  }
  expect((await run("show", "1002", "--answer")).stdout).toContain("no such order");
});

test("an export overwrites a file only with --force", async () => {
  const { folder, run } = await aShopInAnOutage();
  const file = join(folder, "sales.csv");
  await writeFile(file, "mine");
  const refused = await run("export", "--out", file);
  expect(refused).toMatchObject({ code: EXIT.usage, stderr: expect.stringContaining("--force") });
  expect(await readFile(file, "utf8")).toBe("mine");
  expect((await run("export", "--out", file, "--force")).code).toBe(EXIT.ok);
  expect(await readFile(file, "utf8")).toContain("1002");
});

test("an order number that a spreadsheet would compute is exported as text", async () => {
  const folder = await mkdtemp(join(tmpdir(), "avantlink-cli-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "orders.db");
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  sandbox.fail({ status: 422 });
  const log = eventLog();
  const outbox = sqliteOutbox({ path });
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    outbox,
    onEvent: log.onEvent,
  });
  await tracker.trackOrder(anOrder({ orderNumber: "=1+1" }), aContext());
  await log.waitFor("dead");
  await tracker.close();
  const { stdout } = await runCommand(["outbox", "export", "--sqlite", path]);
  expect(stdout).toContain("'=1+1");
});

test("AVANTLINK_OUTBOX that names no outbox is wrong usage, and an option goes before it", async () => {
  const env = { AVANTLINK_OUTBOX: "mysql://shop" };
  expect(await runCommand(["outbox", "stats"], { env })).toMatchObject({
    code: EXIT.usage,
    stderr: expect.stringContaining("sqlite:PATH"),
  });
  const { stderr } = await runCommand(["outbox", "stats", "--sqlite", "none.db"], { env });
  expect(stderr).toContain("none.db");
});
