// Counts the files and functions that one order crosses, from `trackOrders` to the `delivered` event:
// `pnpm order-way` prints both counts, `--list` names the functions by file, `--json` prints them for a test.
import { Session } from "node:inspector";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createTracker, trackClicks, trackOrders } from "@avantlink-s2s/express";
import { startSandbox } from "@avantlink-s2s/sandbox";
import express from "express";
import request from "supertest";
import { eventLog } from "../support/events.ts";
import { anOrder, MERCHANT_ID } from "../support/orders.ts";
import { serve } from "../support/shop.ts";

// Orders before the counted one, so that nothing is loaded or opened on its way.
const WARMING_ORDERS = 20;
const packages = new URL("../../packages/", import.meta.url);

const inspector = new Session();
inspector.connect();
inspector.post("Profiler.enable");
inspector.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });

/** The functions of our packages that ran since the last call, by file. */
function functionsRun(): ReadonlyMap<string, readonly string[]> {
  const run = new Map<string, readonly string[]>();
  inspector.post("Profiler.takePreciseCoverage", (failure, coverage) => {
    if (failure) throw failure;
    for (const { url, functions } of coverage.result) {
      if (!url.startsWith(packages.href) || url.includes("/sandbox/")) continue;
      const called = functions.filter(({ ranges }) => (ranges[0]?.count ?? 0) > 0);
      if (called.length === 0) continue;
      const names = called.map(({ functionName }) => functionName || "(anonymous)");
      run.set(fileURLToPath(url).slice(fileURLToPath(packages).length), names);
    }
  });
  return run;
}

const sandbox = await startSandbox();
const events = eventLog();
let crossed: ReadonlyMap<string, readonly string[]> = new Map();
const tracker = createTracker({
  merchantId: MERCHANT_ID,
  endpoint: sandbox.url,
  onEvent(event) {
    if (event.type === "delivered") crossed = functionsRun();
    events.onEvent(event);
  },
});
const order = (orderNumber: string) => anOrder({ orderNumber, orderDiscount: "12.50" });
const app = express();
app.get("/", trackClicks(tracker), (_, res) => void res.send("home"));
app.get(
  "/thank-you",
  trackOrders(tracker, (req) => order(String(req.query.order))),
  (_, res) => void res.send("thank you"),
);
const shop = await serve(app);
const browser = request.agent(shop.url).set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0");
await browser.get("/?avad=77_f3afbe121").expect(200);
await events.waitFor("delivered");

for (let index = 0; index <= WARMING_ORDERS; index += 1) {
  functionsRun();
  await browser.get(`/thank-you?order=${index}`).expect(200);
  // The first delivery was the click.
  await events.waitFor("delivered", index + 2);
}
await tracker.close();
await shop.close();
await sandbox.close();

const { values: asked } = parseArgs({ options: { list: { type: "boolean" }, json: { type: "boolean" } } });
const functions = [...crossed.values()].flat();
if (asked.json) console.log(JSON.stringify({ files: [...crossed.keys()], functions }));
else {
  if (asked.list)
    for (const [file, names] of [...crossed].sort()) console.log(`${file}: ${names.join(", ")}`);
  console.log(`${crossed.size} files, ${functions.length} functions`);
}
