import { startSandbox } from "@avantlink-s2s/sandbox";
import { expect, test } from "vitest";
import { Browser } from "../conformance/harness.ts";
import { openSuiteShop } from "./suite-shop.ts";

// On the edge runtime the same is seen in edge-middleware.test.ts.
test("a shop's proxy that sets a cookie through cookies() sends it beside ours", async () => {
  const sandbox = await startSandbox();
  const shop = await openSuiteShop({ endpoint: sandbox.url });
  try {
    const shopper = new Browser(shop);
    const { setCookies } = await shopper.open("/?avad=77_f3&jar");
    expect(setCookies.map((line) => line.split("=", 1)[0])).toEqual(["sid", "avad", "avad_visitor"]);
    await sandbox.waitForClicks(1, { timeoutMs: 15_000 });
    await shopper.visit("thank-you", "?order=JAR-1");
    const [order] = await sandbox.waitForOrders(1, { timeoutMs: 15_000 });
    expect(order?.attributedBy).toBe("avantlink_avad");
  } finally {
    await shop.close();
    await sandbox.close();
  }
});
