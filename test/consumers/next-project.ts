import { type ConsumerProject, MERCHANT, ORDER } from "./project.ts";

const LAYOUT = `
export default function Layout({ children }: { children: React.ReactNode }) {
  return <html lang="en"><body>{children}</body></html>;
}
`;

const TRACKER = `
import { createTracker } from "@avantlink-s2s/next";

export const tracker = createTracker({ siteUrl: "https://shop.example" });
`;

const HOME = `export default function Home() { return <h1>The shop</h1>; }\n`;

const PAGE = `
import { trackOrder } from "@avantlink-s2s/next";
import { tracker } from "../../lib/tracker";

export default async function ThankYou() {
  const receipt = await trackOrder(tracker, { ...${JSON.stringify(ORDER)}, orderNumber: "page" });
  return <p>thank you: {receipt.status}</p>;
}
`;

const HANDLER = `
import { trackOrders } from "@avantlink-s2s/next";
import { tracker } from "../../lib/tracker";

export const POST = trackOrders(
  tracker,
  async (request) => ({ ...${JSON.stringify(ORDER)}, orderNumber: await request.text() }),
  async (request) => new Response("confirmed " + (await request.text())),
);
`;

const FLUSH = `
import { tracker } from "../../lib/tracker";

export async function POST() {
  return Response.json(await tracker.flush());
}
`;

const API = `
import { trackOrders } from "@avantlink-s2s/next/pages";
import { tracker } from "../../lib/tracker";

export default trackOrders(
  tracker,
  () => ({ ...${JSON.stringify(ORDER)}, orderNumber: "api" }),
  (request, response) => response.status(200).send("confirmed"),
);
`;

const proxy = (name: string) => `
import { trackClicks } from "@avantlink-s2s/next/proxy";

export const ${name} = trackClicks({
  siteUrl: "https://shop.example",
  merchantId: process.env.AVANTLINK_MERCHANT_ID,
  endpoint: process.env.AVANTLINK_ENDPOINT,
});
`;

// What it is built from lies in the folder above, where npm has put it.
const CONFIG = `
import { dirname } from "node:path";

const root = dirname(import.meta.dirname);

export default { outputFileTracingRoot: root, turbopack: { root } };
`;

// Builds and serves the shop, buys in it, and reads the requests that arrived. Stops `next start` at the end.
const DRIVE = `
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { join, dirname } from "node:path";
import { text } from "node:stream/consumers";
import { startSandbox } from "@avantlink-s2s/sandbox";

const sandbox = await startSandbox();
const env = { ...process.env, AVANTLINK_MERCHANT_ID: "${MERCHANT}", AVANTLINK_ENDPOINT: sandbox.url };
const next = join(dirname(createRequire(import.meta.url).resolve("next/package.json")), "dist/bin/next");
execFileSync(process.execPath, [next, "build"], { env, stdio: "inherit" });
if (sandbox.requests.length > 0) throw new Error("something was sent at build");

const free = createServer().listen(0, "127.0.0.1");
await once(free, "listening");
const { port } = free.address();
free.close();
const shop = spawn(process.execPath, [next, "start", "-H", "127.0.0.1", "-p", String(port)], { env });
try {
  let log = "";
  shop.stderr.on("data", (data) => { log += data; });
  for await (const line of shop.stdout) if (String(line).includes("Ready")) break;
  const at = "http://127.0.0.1:" + port;
  const visit = async (path, headers = {}) => {
    const [page] = await once(get(at + path, { headers: { accept: "text/html", ...headers } }), "response");
    return { page, body: await text(page) };
  };
  const landing = await visit("/?avad=77_f3");
  const cookie = landing.page.headers["set-cookie"].map((line) => line.split(";", 1)[0]).join("; ");
  const [click] = await sandbox.waitForClicks(1);
  const page = await visit("/thank-you", { cookie });
  if (!page.body.includes("accepted")) throw new Error("the page's order was not accepted: " + page.body + log);
  const handler = await fetch(at + "/confirm", { method: "POST", body: "handler", headers: { cookie } });
  if ((await handler.text()) !== "confirmed handler") throw new Error("the handler's answer changed");
  await visit("/api/confirm", { cookie });
  await fetch(at + "/flush", { method: "POST" });
  const orders = await sandbox.waitForOrders(3);
  for (const order of orders) {
    if (order.click !== click.id) throw new Error("an order is not attributed to its click");
    if (new URL(order.body.current_url).origin !== "https://shop.example") throw new Error("another site's page");
  }
  const numbers = orders.map((order) => order.body.order.order_number).sort().join();
  if (numbers !== "api,handler,page") throw new Error("other orders arrived: " + numbers);
  console.log("consumer ok");
} finally {
  shop.kill("SIGTERM");
  await once(shop, "exit");
  await sandbox.close();
}
`;

/** A shop on the App Router and the Pages Router, with a proxy; before Next 16, with middleware on the edge runtime. */
export function shopOfNext(version: string): ConsumerProject {
  const modern = Number.parseInt(version, 10) >= 16;
  const name = modern ? "proxy" : "middleware";
  return {
    name: "next-shop",
    manifest: { scripts: {} },
    environment: "production",
    files: {
      "app/layout.tsx": LAYOUT,
      "app/page.tsx": HOME,
      "app/thank-you/page.tsx": PAGE,
      "app/confirm/route.ts": HANDLER,
      "app/flush/route.ts": FLUSH,
      "pages/api/confirm.ts": API,
      "lib/tracker.ts": TRACKER,
      [`${name}.ts`]: proxy(name),
      "next.config.mjs": modern ? CONFIG : CONFIG.replace(", turbopack: { root }", ""),
      "drive.mjs": DRIVE,
    },
    commands: [["node", "drive.mjs"]],
  };
}
