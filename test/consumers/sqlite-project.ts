import { type ConsumerProject, MERCHANT, ORDER } from "./project.ts";

const SHOP = `
import { createTracker } from "@avantlink-s2s/core";
import { shopifyOrder } from "@avantlink-s2s/orders/shopify";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { startSandbox } from "@avantlink-s2s/sandbox";

const order = ${JSON.stringify(ORDER)};
const sandbox = await startSandbox();
const settings = { merchantId: "${MERCHANT}", endpoint: sandbox.url };

// What one process accepts, the next one delivers.
const web = createTracker({ ...settings, outbox: sqliteOutbox({ path: "outbox.sqlite" }), deliver: false });
const receipt = await web.trackOrder(order);
if (receipt.status !== "accepted") throw receipt.error ?? new Error(receipt.status);
await web.close();
if (sandbox.requests.length > 0) throw new Error("a process that only accepts has delivered");

const worker = createTracker({ ...settings, outbox: sqliteOutbox({ path: "outbox.sqlite" }) });
await worker.start();
await sandbox.waitForOrders(1);
const again = await worker.trackOrder(order, {}, { waitForDeliveryMs: 5_000 });
if (again.status !== "duplicate" || again.state !== "delivered") throw new Error(JSON.stringify(again));
if (shopifyOrder({}).status === "mapped") throw new Error("an order out of nothing");
await worker.close();
await sandbox.close();
console.log("consumer ok");
`;

/** A shop that keeps its orders in a file, by Node's own SQLite or by an installed one. */
export function sqliteShop(driver: "built in" | "installed"): ConsumerProject {
  return {
    name: `sqlite-${driver.replace(" ", "-")}`,
    manifest: { type: "module" },
    files: { "shop.js": SHOP },
    commands: [["node", "shop.js"]],
    unfit: (node) => {
      if (driver === "built in") return node < 22 ? "it has no SQLite of its own" : undefined;
      return node < 22 ? undefined : "it has SQLite of its own";
    },
  };
}
