import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTracker } from "@avantlink-s2s/core";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { expect, onTestFinished, test } from "vitest";
import { runCommand } from "../support/command-line.ts";
import { aContext, anOrder, MERCHANT_ID } from "../support/orders.ts";

const page = await readFile(fileURLToPath(new URL("../../packages/cli/README.md", import.meta.url)), "utf8");

/** The fields that the page lists for a command: always there, and there if they apply. */
function documented(command: string) {
  const row =
    new RegExp(`^\\| \`${command}\` +\\| (.*) \\|$`, "m").exec(page)?.[1] ?? expect.unreachable(command);
  const inherited: readonly string[] = /as `outbox find`/.test(row) ? documented("outbox find").all : [];
  const optional = [...row.matchAll(/\(`(\w+)`\)/g)].map(([, name = ""]) => name);
  const always = [...row.matchAll(/(?<!\()`(\w+)`(?!\))/g)].map(([, name = ""]) => name);
  return { always, all: [...inherited, ...always, ...optional] };
}

/** An order that waits (1001) and an invalid one (1002) in a shop that does not deliver, and a file of past orders. */
async function aShop() {
  const folder = await mkdtemp(join(tmpdir(), "avantlink-cli-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const path = join(folder, "orders.db");
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    outbox: sqliteOutbox({ path }),
    deliver: false,
    onEvent: () => {},
  });
  await tracker.trackOrder(anOrder(), aContext());
  await tracker.trackOrder(anOrder({ orderNumber: "1002", currency: "dollars" }), aContext());
  await tracker.close();
  const order = join(folder, "order.json");
  await writeFile(order, JSON.stringify(anOrder({ orderNumber: "2001" })));
  const orders = join(folder, "orders.ndjson");
  await writeFile(orders, JSON.stringify(anOrder({ orderNumber: "3001" })));
  const env = {
    AVANTLINK_MERCHANT_ID: MERCHANT_ID,
    AVANTLINK_ENDPOINT: sandbox.url,
    AVANTLINK_OUTBOX: `sqlite:${path}`,
  };
  const refunds = join(folder, "refunds.csv");
  await writeFile(refunds, "order_number,refunded_at,currency\n1001,2026-11-28,USD\n");
  return { folder, order, orders, refunds, env };
}

test("every command prints the JSON fields that the page documents, and no others", {
  timeout: 180_000,
}, async () => {
  const { folder, order, orders, refunds, env } = await aShop();
  const examples: readonly (readonly [command: string, ...args: string[]])[] = [
    ["validate", order],
    ["doctor"],
    ["outbox stats"],
    ["outbox list"],
    ["outbox find", "1001"],
    ["outbox find", "1002"],
    ["outbox find", "unknown"],
    ["outbox show", "1002"],
    ["outbox export", "--out", join(folder, "sales.csv")],
    ["outbox retry", "--all"],
    ["outbox retry", "--all", "--send"],
    ["outbox deliver"],
    ["outbox find", "1001"],
    ["outbox forget", "1001", "--yes"],
    ["outbox remove", "1002", "--yes"],
    ["backfill", orders],
    ["backfill", orders, "--send", "--yes"],
    ["reconcile", orders],
    ["returns", refunds, "--merchant-number", "12345", "--network", "USD", "--out", folder],
    ["reconcile", orders, "--date", "today"],
  ];
  for (const [command, ...args] of examples) {
    const { stdout, stderr } = await runCommand([...command.split(" "), ...args, "--json"], { env });
    const fields = Object.keys(
      stdout === "" ? expect.unreachable(`${command}: ${stderr}`) : JSON.parse(stdout),
    );
    const { always, all } = documented(command);
    expect(all, command).toEqual(expect.arrayContaining(fields));
    expect(fields, command).toEqual(expect.arrayContaining(always));
  }
});

test.each([
  [["outbox", "stats", "--nonsense", "--json"], "unknown option"],
  [["outbox", "find", "--json"], "missing required argument"],
  [["nonsense", "--json"], "unknown command"],
  [["outbox", "stats", "--json"], "No outbox is named"],
])("wrong usage (%j) is one JSON error on stderr", async (args, message) => {
  const { code, stdout, stderr } = await runCommand(args);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  const { error } = JSON.parse(stderr);
  expect(error).toEqual({ message: expect.stringContaining(message), help: expect.any(String), exit: 2 });
});
