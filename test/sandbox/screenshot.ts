// Takes docs/sandbox.png, an order with its checks on the sandbox's page: `pnpm screenshot`.
import { fileURLToPath } from "node:url";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { findChromium, launchChromium } from "../support/browser.ts";
import { clickBody, orderBody, post } from "./payloads.ts";

const path = fileURLToPath(new URL("../../docs/sandbox.png", import.meta.url));

const sandbox = await startSandbox({ port: 4010 });
const browser = await launchChromium(findChromium());
const page = await browser.newPage({
  viewport: { width: 1200, height: 800 },
  colorScheme: "light",
  reducedMotion: "reduce",
});

async function send(number: string, change: (body: ReturnType<typeof orderBody>) => void = () => {}) {
  const body = orderBody();
  body.order.order_number = number;
  change(body);
  await post(sandbox, "order", body);
}

await post(sandbox, "click", clickBody());
await send("1001");
await send("1002", ({ tracking_ids, order }) => {
  tracking_ids.visitor_id = [];
  order.order_amount_subtotal = 65.92;
});
await fetch(`${sandbox.url}/events`, {
  method: "POST",
  body: JSON.stringify({ type: "skipped", kind: "order", orderNumber: "1003", reason: "consent" }),
});
sandbox.fail({ status: 503, times: 1 });
await send("1004");
await send("1004");
await page.goto(`${sandbox.url}/#/request-3`);
await page.getByRole("heading", { name: "Order 1002" }).waitFor();
await page.screenshot({ path });
await browser.close();
await sandbox.close();
console.log(path);
