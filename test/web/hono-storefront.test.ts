import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { createTracker } from "@avantlink-s2s/web";
import { Miniflare } from "miniflare";
import { afterAll, afterEach, expect, test } from "vitest";
import { Browser, sent } from "../conformance/harness.ts";
import { MERCHANT_ID } from "../conformance/shop.ts";
import { bundled } from "./runtimes/bundled.ts";

const SHOP = fileURLToPath(new URL("../../examples/hono-storefront/", import.meta.url));
const sandbox = await startSandbox();
const settings = { AVANTLINK_MERCHANT_ID: MERCHANT_ID, AVANTLINK_ENDPOINT: sandbox.url };

afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

async function onNode() {
  const child = spawn(process.execPath, ["--conditions=@avantlink-s2s/source", `${SHOP}server.ts`], {
    env: { ...process.env, ...settings, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line]: string[] = await once(createInterface({ input: child.stdout }), "line");
  return {
    url: /http:\S+/.exec(line ?? "")?.[0] ?? "",
    close: async () => {
      child.kill();
      await once(child, "close");
    },
  };
}

async function onWorkerd() {
  const worker = new Miniflare({
    modules: true,
    script: await bundled(`${SHOP}shop.ts`),
    compatibilityDate: "2026-07-01",
    compatibilityFlags: ["nodejs_compat"],
    bindings: settings,
  });
  return { url: (await worker.ready).origin, close: () => worker.dispose() };
}

const form = (body: string) => ({
  method: "POST",
  body,
  headers: { "content-type": "application/x-www-form-urlencoded" },
});

test.each([
  ["Node.js", onNode],
  ["workerd", onWorkerd],
])("the storefront on Hono sells on %s, and the order carries its click", async (_, open) => {
  const shop = await open();
  try {
    const shopper = new Browser({ url: shop.url, path: () => "/" });
    await shopper.open("/?avad=77_f3afbe121");
    await shopper.open("/cart", form("sku=LL-TENT-2P"));
    await shopper.open("/cart", form("sku=LL-MUG"));
    await shopper.open("/cart", form("sku=LL-MUG"));
    const { body } = await shopper.open("/checkout", form(""));
    const [click] = await sandbox.waitForClicks(1);
    const [order] = await sandbox.waitForOrders(1);
    expect(order?.click).toBe(click?.id);
    expect(body.toString()).toContain(sent(order, "order.order_number"));
    expect(order?.body).toMatchObject({
      order: {
        order_amount_subtotal: 278.95,
        products: [
          { product_sku: "LL-TENT-2P", product_amount: 249.95, quantity: 1 },
          { product_sku: "LL-MUG", product_amount: 14.5, quantity: 2 },
        ],
      },
    });
  } finally {
    await shop.close();
  }
});

test("two clicks on Buy are one order, which is still delivered when the shop is stopped", async () => {
  const shop = await onNode();
  const shopper = new Browser({ url: shop.url, path: () => "/" });
  await shopper.open("/cart", form("sku=LL-MUG"));
  sandbox.fail({ status: 503, on: "order", times: 1 });
  const pages = await Promise.all([1, 2].map(() => shopper.open("/checkout", form(""))));
  await sandbox.waitForRequests(1);
  await shop.close();
  expect(sandbox.orders).toHaveLength(1);
  for (const { body } of pages)
    expect(body.toString()).toContain(sent(sandbox.orders[0], "order.order_number"));
});

test("the merchant ID of wrangler.jsonc is refused until the shop has written its own", () => {
  const { vars } = JSON.parse(readFileSync(`${SHOP}wrangler.jsonc`, "utf8"));
  expect(() => createTracker({ merchantId: vars.AVANTLINK_MERCHANT_ID })).toThrow(/merchantId.*UUID/);
});
