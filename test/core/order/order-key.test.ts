import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { MERCHANT_ID } from "../../support/orders.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const NUMBERS = ["1001", "#1001", "Ä-7", "注文 7", "\ud83d\udc5f", "\ud83d", "a\u0000b"];
// Next's edge runtime has Node's functions only to throw.
const NEXTS_EDGE = `
  const standIn = { env: {} };
  for (const name of Object.keys(process))
    if (typeof process[name] === "function") standIn[name] = () => { throw new Error(name + " is not supported"); };
  globalThis.process = standIn;`;

/** The keys of orders with these numbers, in a process of its own. */
async function keysOn(condition: string, beforeImport = ""): Promise<unknown> {
  const source = `${beforeImport}
    const { createTracker, memoryOutbox } = await import("@avantlink-s2s/core");
    const keys = [];
    const outbox = {
      ...memoryOutbox(),
      put: async ({ key }) => void keys.push(key) ?? { status: "accepted" },
      run: async () => ({ stop: async () => {} }),
    };
    const tracker = createTracker({ merchantId: "${MERCHANT_ID}", mode: "live", outbox, onEvent() {} });
    for (const orderNumber of ${JSON.stringify(NUMBERS)})
      await tracker.trackOrder({ orderNumber, currency: "USD", subtotal: 1, customer: {}, products: [] });
    console.log(JSON.stringify(keys));`;
  const conditions = ["@avantlink-s2s/source", condition].map((name) => `--conditions=${name}`);
  const args = [...conditions, "--input-type=module", "--eval", source];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 15_000 });
  return JSON.parse(stdout);
}

test("an order has one key, whether Node or Next's edge runtime took it in", async () => {
  const [onNode, onEdge] = await Promise.all([keysOn("node"), keysOn("edge-light", NEXTS_EDGE)]);
  expect(new Set(onNode as string[]).size).toBe(NUMBERS.length);
  expect(onEdge).toEqual(onNode);
});
