import { type ConsumerProject, MERCHANT, ORDER } from "./project.ts";

const BUNDLE_OPTIONS = ["--platform=node", "--format=cjs", "--external:better-sqlite3"];

const SHOP = `
import { createTracker } from "@avantlink-s2s/core";
import { shopifyOrder } from "@avantlink-s2s/orders/shopify";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { startSandbox } from "@avantlink-s2s/sandbox";

const order = ${JSON.stringify(ORDER)};

async function main() {
  const sandbox = await startSandbox();
  const codes = [];
  const onEvent = ({ error }) => error && codes.push(error.code);
  const settings = { merchantId: "${MERCHANT}", endpoint: sandbox.url, onEvent };
  const path = process.argv[1] + ".sqlite";

  // What one process accepts, the next one delivers.
  const web = createTracker({ ...settings, outbox: sqliteOutbox({ path }), deliver: false });
  const receipt = await web.trackOrder(order);
  if (receipt.status !== "accepted") throw receipt.error ?? new Error(receipt.status);
  await web.close();
  if (sandbox.requests.length > 0) throw new Error("a process that only accepts has delivered");

  const worker = createTracker({ ...settings, outbox: sqliteOutbox({ path }) });
  await worker.start();
  await sandbox.waitForOrders(1);
  const again = await worker.trackOrder(order, {}, { waitForDeliveryMs: 5_000 });
  if (again.status !== "duplicate" || again.state !== "delivered") throw new Error(JSON.stringify(again));
  if (shopifyOrder({}).status === "mapped") throw new Error("an order out of nothing");
  await worker.close();
  await sandbox.close();
  if (codes.includes("outbox.no-thread")) throw new Error("SQLite has no thread");
  console.log("consumer ok");
}
main().catch((error) => {
  console.error(error);
  process.exit(1);
});
`;

/** A shop that keeps its orders in a file, by Node's own SQLite or by an installed one. */
export function sqliteShop(driver: "built in" | "installed"): ConsumerProject {
  return {
    name: `sqlite-${driver.replace(" ", "-")}`,
    manifest: { type: "module" },
    files: {
      "shop.js": SHOP,
      "shop.cjs": SHOP.replace(/^import (.+) from (.+);$/gm, "const $1 = require($2);"),
    },
    commands: [
      ["node", "shop.js"],
      ["node", "shop.cjs"],
      // A shop in one file has no file of ours beside it.
      [...["npx", "esbuild", "shop.js", "--bundle", "--outfile=bundle.cjs"], ...BUNDLE_OPTIONS],
      ["node", "bundle.cjs"],
    ],
    unfit: (node) => {
      if (driver === "built in") return node < 22 ? "it has no SQLite of its own" : undefined;
      return node < 22 ? undefined : "it has SQLite of its own";
    },
  };
}
