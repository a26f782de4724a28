import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** What a shop without a listener of its own reads on its console. */
async function warningsOf(script: string): Promise<readonly string[]> {
  const source = `
    import { createTracker } from "@avantlink-s2s/core";
    let now = 0;
    const after = () => () => {};
    const runtime = { now: () => now, random: Math.random, uuid: () => crypto.randomUUID(), after };
    const tracker = createTracker({ mode: "dry-run", runtime });
    const customer = { newCustomer: true, country: "US" };
    const order = { orderNumber: "1", currency: "USD", customer, products: [{ sku: "A", unitPrice: 1, quantity: 1 }] };
    const context = { avad: "77_f3" };
    ${script}`;
  const args = ["--conditions=@avantlink-s2s/source", "--input-type=module", "--eval", source];
  const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 15_000 });
  return stderr.split("\n").filter((line) => line !== "");
}

test("an error is one line that can be read: the fields, and what to do", async () => {
  expect(
    await warningsOf(`await tracker.trackOrder({ orderNumber: "1", currency: "US" }, context);`),
  ).toEqual([
    '[avantlink-s2s] order.invalid: The order cannot be sent: its number, its currency or an amount is missing or wrong. currency: is "US"; expected an ISO-4217 code of three letters, such as "USD". Correct each field named in the issues and track the order again; its number is still free. (order 1)',
  ]);
});

test("a code is told once a minute", async () => {
  const bad = `await tracker.trackOrder({ ...order, currency: "US" }, context);`;
  expect(await warningsOf(`${bad} ${bad} now = 59_999; ${bad}`)).toHaveLength(1);
  expect(await warningsOf(`${bad} now = 60_000; ${bad}`)).toHaveLength(2);
});

test("that a shopper came by no affiliate is printed once, because most shoppers do", async () => {
  const guest = `await tracker.trackOrder(order, {}); now += 3_600_000;`;
  expect(await warningsOf(guest.repeat(3))).toEqual([
    expect.stringMatching(
      /^\[avantlink-s2s\] context\.no-id: .*normal for shoppers without an affiliate link/,
    ),
  ]);
});
