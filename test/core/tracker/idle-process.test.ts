import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, expect, test } from "vitest";
import { MERCHANT_ID } from "../../support/orders.ts";

const sandbox = await startSandbox();
afterAll(() => sandbox.close());

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Runs a script of a shop to its natural end. */
function run(endpoint: string, script: string) {
  const source = `
    import { createTracker } from "@avantlink-s2s/core";
    const order = { orderNumber: "1", currency: "USD", subtotal: 1, customer: {}, products: [] };
    const context = { avad: "77_f3", visitorIds: ["v"] };
    const tracker = createTracker({ merchantId: "${MERCHANT_ID}", endpoint: "${endpoint}", onEvent: () => {} });
    ${script}`;
  const args = ["--conditions=@avantlink-s2s/source", "--input-type=module", "--eval", source];
  return promisify(execFile)(process.execPath, args, { cwd: root, timeout: 15_000 });
}

test.each([
  ["that only made a tracker", "http://127.0.0.1:9", ""],
  [
    "whose tracker waits to try again",
    "http://127.0.0.1:9",
    `await tracker.trackOrder(order, context); await tracker.trackClick(context);`,
  ],
  [
    "that has delivered and keeps its connection",
    sandbox.url,
    `await tracker.trackOrder(order, context, { waitForDeliveryMs: 5000 });`,
  ],
])("a process %s ends by itself", async (_, endpoint, script) => {
  await expect(run(endpoint, script)).resolves.toBeDefined();
});

test("a process that closes its tracker has delivered", async () => {
  sandbox.reset();
  await run(sandbox.url, `await tracker.trackOrder(order, context); await tracker.close();`);
  expect(sandbox.orders).toHaveLength(1);
});

test("a script that delivers what is due while AvantLink is unreachable gets its answer", async () => {
  const { stdout } = await run(
    "http://127.0.0.1:9",
    `import { memoryOutbox } from "@avantlink-s2s/core";
    const outbox = { ...memoryOutbox(), durable: true };
    const script = createTracker({ merchantId: "${MERCHANT_ID}", endpoint: "http://127.0.0.1:9", outbox, deliver: false, onEvent: () => {} });
    for (const orderNumber of ["1", "2", "3"]) await script.trackOrder({ ...order, orderNumber }, context);
    const { delivered } = await script.deliverDue({ timeoutMs: 1000 });
    console.log("delivered", delivered);`,
  );
  expect(stdout).toContain("delivered 0");
});
