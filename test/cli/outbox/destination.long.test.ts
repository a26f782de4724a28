import { createTracker } from "@avantlink-s2s/core";
import { type Sandbox, startSandbox } from "@avantlink-s2s/sandbox";
import { expect, onTestFinished, test } from "vitest";
import { runCommand } from "../../support/command-line.ts";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";
import { outboxAt } from "../../support/outboxes.ts";
import { aDesk, manyOrders, ndjson, numbersAt } from "../backfill/a-desk.ts";
import { STORES } from "../stores.ts";

const OTHER_MERCHANT = "0b1f8c2e-1111-4222-8333-444455556667";
const [sqlite] = STORES;

async function aSandbox(): Promise<Sandbox> {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** A trial of a backfill at a sandbox, which refused one of three orders; and a shell that names another AvantLink. */
async function aTrial() {
  const desk = await aDesk("orders.ndjson", ndjson(manyOrders(3)));
  desk.sandbox.fail({ status: 422, times: 1 });
  expect((await desk.run("--send", "--concurrency", "1")).code).toBe(1);
  const elsewhere = await aSandbox();
  const env = { AVANTLINK_MERCHANT_ID: OTHER_MERCHANT, AVANTLINK_ENDPOINT: elsewhere.url };
  return { ...desk, state: `${desk.file}.sent.db`, elsewhere, env };
}

/** A shop with an order that waits, and an invalid one. */
async function aShop() {
  const { address, named } = (await sqlite?.make()) ?? expect.unreachable();
  const sandbox = await aSandbox();
  const shop = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    outbox: await outboxAt(address),
    deliver: false,
    onEvent: () => {},
  });
  await shop.trackOrder(anOrder(), aContext());
  await shop.trackOrder(anOrder({ orderNumber: "1002", currency: "dollars" }), aContext());
  await shop.close();
  return { named, sandbox, env: { AVANTLINK_MERCHANT_ID: MERCHANT_ID, AVANTLINK_ENDPOINT: sandbox.url } };
}

test("the orders of a trial go on to the sandbox of the trial, whatever the shell names", {
  timeout: 60_000,
}, async () => {
  const { state, sandbox, elsewhere, env } = await aTrial();
  const list = await runCommand(["outbox", "list", "--dead", "--sqlite", state], { env });
  const [, printed = ""] = /Send all that are valid: avantlink-s2s (.+)$/m.exec(list.stdout) ?? [];
  const { code, stderr } = await runCommand(printed.split(" "), { env });
  expect(stderr).toContain(`Delivering to ${new URL(sandbox.url).host} for merchant ${MERCHANT_ID}.`);
  expect(code).toBe(0);
  expect(numbersAt(sandbox).sort()).toEqual(["1", "2", "3"]);
  expect(elsewhere.requests).toHaveLength(0);
});

test.each([
  { command: ["outbox", "retry", "--all", "--send"], option: "endpoint" },
  { command: ["outbox", "deliver"], option: "merchant" },
])(
  "$command is refused where --$option is not that of the trial",
  { timeout: 60_000 },
  async ({ command, option }) => {
    const { state, sandbox, elsewhere, env } = await aTrial();
    const other = option === "endpoint" ? elsewhere.url : OTHER_MERCHANT;
    const { code, stderr } = await runCommand([...command, "--sqlite", state, `--${option}`, other], { env });
    expect(code).toBe(2);
    expect(stderr).toContain(`holds orders of merchant ${MERCHANT_ID} for ${sandbox.url}`);
    expect(stderr).toContain(`Leave out --${option}.`);
    expect(sandbox.orders).toHaveLength(2);
    expect(elsewhere.requests).toHaveLength(0);
  },
);

test("the merchant and the endpoint of a trial may be typed, in another spelling too", {
  timeout: 60_000,
}, async () => {
  const { state, sandbox, env } = await aTrial();
  const typed = ["--endpoint", `${sandbox.url}/`, "--merchant", MERCHANT_ID.toUpperCase()];
  const { code } = await runCommand(["outbox", "retry", "--all", "--send", "--sqlite", state, ...typed], {
    env,
  });
  expect(code).toBe(0);
  expect(sandbox.orders).toHaveLength(3);
});

test("a second file goes where the state that it is sent through belongs", { timeout: 60_000 }, async () => {
  const { file, state, sandbox, elsewhere, env } = await aTrial();
  const send = ["backfill", file, "--send", "--yes", "--rate", "2000", "--sqlite", state];
  expect((await runCommand(send, { env })).code).toBe(0);
  expect(numbersAt(sandbox).sort()).toEqual(["1", "2", "3"]);
  expect(elsewhere.requests).toHaveLength(0);
});

test("outbox deliver names the host and the merchant beside the result, and asks nothing", async () => {
  const { named, sandbox, env } = await aShop();
  const { code, stdout, stderr } = await runCommand(["outbox", "deliver", ...named], { env });
  expect(stderr).toContain(`Delivering to ${new URL(sandbox.url).host} for merchant ${MERCHANT_ID}.`);
  expect(stdout).toContain("1 delivered");
  expect(code).toBe(0);
});

test("every printed command names the endpoint that the shell names", { timeout: 60_000 }, async () => {
  const { named, sandbox, env } = await aShop();
  for (const args of [["outbox", "list"], ["outbox", "find", "1002"], ["outbox", "export"], ["doctor"]]) {
    const { stdout, stderr } = await runCommand([...args, ...named], { env });
    const commands = `${stdout}\n${stderr}`.match(/avantlink-s2s (?:outbox|backfill) .+/g) ?? [];
    expect(commands, args.join(" ")).not.toEqual([]);
    for (const command of commands) expect(command).toContain(`--endpoint ${sandbox.url}`);
  }
});

test("the command that continues a run names the endpoint that the shell names", {
  timeout: 60_000,
}, async () => {
  const { sandbox, run } = await aDesk("orders.ndjson", ndjson([anOrder()]));
  sandbox.fail({ status: 503 });
  const { stderr } = await run("--send", "--for", "1s");
  expect(stderr).toMatch(
    new RegExp(`Continue with: avantlink-s2s backfill .* --endpoint ${sandbox.url}$`, "m"),
  );
});
