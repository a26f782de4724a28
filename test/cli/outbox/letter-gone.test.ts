import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTracker } from "@avantlink-s2s/core";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { Pool } from "pg";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { EXIT } from "../../../packages/cli/src/exit-codes.ts";
import { type Finished, startCommand } from "../../support/command-line.ts";
import { eventLog } from "../../support/events.ts";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";
import { outboxAt } from "../../support/outboxes.ts";
import { postgresService } from "../../support/services.ts";
import { aStore } from "../../support/stores.ts";

const postgres = await postgresService();
afterAll(async () => {
  if (!("missing" in postgres)) await postgres.end();
});
const missing = "missing" in postgres ? ` (skipped: ${postgres.missing})` : "";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A shop with a dead letter (1001) and an order that could not be mapped (1002), and a file that corrects 1001. */
async function aShop() {
  const store = await aStore("postgres", "missing" in postgres ? undefined : postgres);
  if ("missing" in store || store.address.kind !== "postgres") return expect.unreachable();
  ends.push(() => store.end());
  const { url, schema } = store.address;
  const pool = new Pool({ connectionString: url });
  const sandbox = await startSandbox();
  const folder = await mkdtemp(join(tmpdir(), "avantlink-cli-"));
  ends.push(
    () => pool.end(),
    () => sandbox.close(),
    () => rm(folder, { recursive: true }),
  );
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
  await tracker.trackOrder(anOrder({ orderNumber: "1002", currency: "dollars" }), aContext());
  await tracker.close();
  const corrected = join(folder, "order.json");
  await writeFile(corrected, JSON.stringify(anOrder()));

  /** Runs a command while another process sends the letter: the command finds it, and it is gone before the command acts. */
  async function runWhileSent(...args: readonly string[]): Promise<Finished> {
    const other = await pool.connect();
    try {
      await other.query("BEGIN");
      const { rows } = await other.query("SELECT pg_backend_pid() AS pid");
      await other.query(
        `UPDATE ${schema}.outbox SET status = 'delivered', body = '', order_number = '' WHERE status = 'dead' AND kind = 'order'`,
      );
      const named = ["--postgres", url, "--schema", schema];
      const { finished } = startCommand(["outbox", ...args, ...named, "--json"], {
        env: { AVANTLINK_MERCHANT_ID: MERCHANT_ID, AVANTLINK_ENDPOINT: sandbox.url },
      });
      const waiting = async () =>
        (
          await pool.query("SELECT 1 FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))", [
            rows[0].pid,
          ])
        ).rowCount;
      await expect.poll(waiting, { interval: 20, timeout: 15_000 }).toBe(1);
      await other.query("COMMIT");
      return await finished;
    } finally {
      other.release(true);
    }
  }

  return { sandbox, corrected, runWhileSent };
}

describe.skipIf(missing)(`a dead letter that another process sends at the same time${missing}`, () => {
  test.each([
    ["remove", "1001", "--yes"],
    ["retry", "1001"],
    ["retry", "1001", "--send"],
    ["retry", "1001", "--with", "FILE"],
    ["retry", "1001", "--with", "FILE", "--send"],
  ])("is not claimed by %s %s %s %s %s", async (...args) => {
    const { sandbox, corrected, runWhileSent } = await aShop();
    const sentBefore = sandbox.requests.length;
    const { code, stdout, stderr } = await runWhileSent(
      ...args.filter((arg) => arg !== undefined).map((arg) => (arg === "FILE" ? corrected : arg)),
    );
    expect(stdout).toBe("");
    expect(JSON.parse(stderr)).toMatchObject({
      error: { message: "This dead letter is gone.", exit: EXIT.wrong },
    });
    expect(code).toBe(EXIT.wrong);
    expect(sandbox.requests).toHaveLength(sentBefore);
  });

  test("is neither put back nor left by retry --all", async () => {
    const { runWhileSent } = await aShop();
    const { code, stdout } = await runWhileSent("retry", "--all");
    expect(JSON.parse(stdout)).toEqual({ retried: [], left: 1 });
    expect(code).toBe(EXIT.ok);
  });
});
