import { rm, writeFile } from "node:fs/promises";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { expect, onTestFinished, test } from "vitest";
import { runCommand } from "../../support/command-line.ts";
import { MERCHANT_ID } from "../../support/orders.ts";
import { aDesk, manyOrders, ndjson, numbersAt } from "./a-desk.ts";

const OTHER_MERCHANT = "0b1f8c2e-1111-4222-8333-444455556667";

/** A desk whose orders were sent once, and another sandbox. */
async function aDeskWithHistory() {
  const desk = await aDesk("orders.ndjson", ndjson(manyOrders(3)));
  expect((await desk.run("--send")).code).toBe(0);
  const elsewhere = await startSandbox();
  onTestFinished(() => elsewhere.close());
  return { ...desk, state: `${desk.file}.sent.db`, elsewhere };
}

test("what was sent to one place is not taken for sent to another", async () => {
  const { file, env, state, sandbox, elsewhere } = await aDeskWithHistory();
  const live = (...args: string[]) =>
    runCommand(["backfill", file, "--send", "--yes", ...args], {
      env: { ...env, AVANTLINK_ENDPOINT: elsewhere.url },
    });
  const { code, stderr } = await live();
  expect(code).toBe(2);
  expect(stderr).toContain(sandbox.url);
  expect(stderr).toContain(elsewhere.url);
  expect(stderr).toContain("--state");
  expect(elsewhere.requests).toHaveLength(0);

  expect((await live("--state", `${state}.live`)).code).toBe(0);
  expect(numbersAt(elsewhere).sort()).toEqual(["1", "2", "3"]);
});

test("orders that were sent for one merchant are not sent for another as well", async () => {
  const { sandbox, run } = await aDeskWithHistory();
  const { code, stderr } = await run("--send", "--merchant", OTHER_MERCHANT);
  expect(code).toBe(2);
  expect(stderr).toContain(MERCHANT_ID.toLowerCase());
  expect(stderr).toContain(OTHER_MERCHANT);
  expect(sandbox.requests).toHaveLength(3);
});

test("the same merchant and endpoint may be written in another way", async () => {
  const { env, run } = await aDeskWithHistory();
  const { code } = await run(
    "--send",
    "--merchant",
    MERCHANT_ID.toUpperCase(),
    "--endpoint",
    `${env.AVANTLINK_ENDPOINT}/`,
  );
  expect(code).toBe(0);
});

test("a state without a note is continued, and bound to this destination", async () => {
  const { state, run } = await aDeskWithHistory();
  await rm(`${state}.for`);
  expect((await run("--send")).code).toBe(0);
  expect((await run("--send", "--merchant", OTHER_MERCHANT)).code).toBe(2);
});

test("a note that cannot be read stops the run", async () => {
  const { state, run } = await aDeskWithHistory();
  await writeFile(`${state}.for`, "{");
  const { code, stderr } = await run("--send");
  expect(code).toBe(1);
  expect(stderr).toContain("is damaged");
});

test("a merchant that cannot be sent for leaves nothing behind that binds the state", async () => {
  const { sandbox, run } = await aDesk("orders.ndjson", ndjson(manyOrders(3)));
  expect((await run("--send", "--merchant", "12345")).code).toBe(2);
  expect((await run("--send")).code).toBe(0);
  expect(sandbox.orders).toHaveLength(3);
});
