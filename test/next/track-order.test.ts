import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createTracker } from "@avantlink-s2s/next";
import { createTracker as createPagesTracker } from "@avantlink-s2s/next/pages";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { expect, test } from "vitest";
import { MERCHANT_ID, suiteOrder } from "../conformance/shop.ts";
import { suiteProject } from "./suite-shop.ts";

test("a script, in which there is no request, tracks with the context that it was given", async () => {
  const sandbox = await startSandbox();
  const script = `
    import { createTracker } from "@avantlink-s2s/next";
    const tracker = createTracker({ merchantId: "${MERCHANT_ID}", endpoint: "${sandbox.url}" });
    const order = ${JSON.stringify(suiteOrder("SCRIPT-1"))};
    const receipt = await tracker.trackOrder(order, { avad: "77_f3" }, { waitForDeliveryMs: 15_000 });
    console.log(receipt.status);
    await tracker.close();`;
  const { dir } = await suiteProject();
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: dir,
  });
  expect(stdout).toBe("delivered\n");
  await sandbox.close();
});

// Plain JavaScript has no types to stop it.
const nothing = null as unknown as undefined;
const options = { merchantId: MERCHANT_ID, mode: "dry-run", onEvent() {} } as const;
const NODE_REQUEST = { method: "GET", url: "/thanks", headers: { cookie: "avad=77_f3" } };

test.each([
  ["the App Router", createTracker(options)],
  ["the Pages Router", createPagesTracker(options)],
])("options that are null are none: %s", async (_, tracker) => {
  const receipt = await tracker.trackOrder(suiteOrder("NULL-1"), { avad: "77_f3" }, nothing);
  expect(receipt).toMatchObject({ status: "skipped", reason: "dry-run" });
});

test("a request that is none of the App Router's has a receipt, and no context that allows anything", async () => {
  const tracker = createTracker({ ...options, consent: () => true });
  const from = NODE_REQUEST as unknown as Request;
  expect(await tracker.trackOrder(suiteOrder("NODE-1"), from)).toMatchObject({
    status: "rejected",
    error: { code: "context.invalid" },
  });
  expect(await tracker.contextOf(from)).toEqual({ consent: "denied" });
});

test("an order counts as under way from the call on, so that close waits for it", async () => {
  const sandbox = await startSandbox();
  const tracker = createTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url, onEvent() {} });
  const tracking = tracker.trackOrder(suiteOrder("CLOSE-1"), { avad: "77_f3" });
  await tracker.close();
  expect(await tracking).toMatchObject({ status: "accepted" });
  await sandbox.close();
});
