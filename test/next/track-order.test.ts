import { execFile } from "node:child_process";
import { promisify } from "node:util";
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
