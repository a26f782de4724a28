import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { packContext, toOrderPayload } from "@avantlink-s2s/core";
import { type Sandbox, startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { STRIPE_SESSION } from "../orders/fixtures/stripe.ts";
import { freePort } from "../support/free-port.ts";
import { aContext, MERCHANT_ID } from "../support/orders.ts";
import { cents, dollars, order } from "./samples/money.ts";

const samples = join(import.meta.dirname, "samples");
// Beside the samples' own packages, which Node.js looks for in the folders above.
const place = join(import.meta.dirname, ".run");
const BROWSER = {
  "User-Agent": aContext().userAgent ?? "",
  Accept: "text/html",
  "Sec-Fetch-Dest": "document",
};

let sandbox: Sandbox;
let running: ChildProcess | undefined;
beforeAll(async () => {
  sandbox = await startSandbox();
  rmSync(place, { recursive: true, force: true });
  cpSync(samples, place, { recursive: true });
});
afterEach(async () => {
  if (running?.exitCode === null && running.kill("SIGKILL")) await once(running, "exit");
  running = undefined;
  sandbox.reset();
});
afterAll(async () => {
  rmSync(place, { recursive: true, force: true });
  await sandbox.close();
});

/** Runs a sample as printed, but for its port, and returns the shop's address. */
async function run(file: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const port = await freePort();
  const printed = readFileSync(join(samples, file), "utf8");
  writeFileSync(join(place, file), printed.replace(/\b3000\b/, String(port)));
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  running = spawn(process.execPath, ["--conditions=@avantlink-s2s/source", join(place, file)], {
    cwd: place,
    env: {
      PATH,
      NODE_COMPILE_CACHE,
      AVANTLINK_ENDPOINT: sandbox.url,
      AVANTLINK_MERCHANT_ID: MERCHANT_ID,
      ...env,
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (running.exitCode !== null) throw new Error(`${file} ended with ${running.exitCode}`);
    const answer = await fetch(`${url}/alive`).catch(() => undefined);
    if (answer) return url;
    await pause(50);
  }
}

/** Buys as a browser does; `Sec-Fetch-Mode` is fetch's own and says that no page is loaded. */
async function visit(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const { get } = await import("node:http");
  const [response] = await once(get(url, { headers: { ...BROWSER, ...headers } }), "response");
  response.resume();
  return new Response(null, {
    status: response.statusCode,
    headers: (response.headers["set-cookie"] ?? []).map((line: string): [string, string] => [
      "Set-Cookie",
      line,
    ]),
  });
}

const cookiesOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((line) => line.split(";", 1)[0])
    .join("; ");

test.each([
  ["express/shop.mjs", "/checkout/thank-you"],
  ["express/shop.cjs", "/checkout/thank-you"],
  ["web/server.ts", "/thank-you"],
])("the quick start %s, as printed, gives a click and an order that belongs to it", async (file, page) => {
  const url = await run(file);
  const landing = await visit(`${url}/?avad=77_f3afbe121`);
  const [click] = await sandbox.waitForClicks(1);
  await visit(url + page, { Cookie: cookiesOf(landing) });
  const [arrived] = await sandbox.waitForOrders(1);
  expect(arrived?.click).toBe(click?.id);
  expect(arrived?.findings.filter(({ severity }) => severity === "error")).toEqual([]);
});

test("the Stripe webhook, as printed, sends the shopper's context and answers Stripe", async () => {
  mkdirSync(join(place, "node_modules/stripe"), { recursive: true });
  writeFileSync(
    join(place, "node_modules/stripe/package.json"),
    JSON.stringify({ name: "stripe", main: "index.cjs" }),
  );
  // Stripe's library, answering as Stripe would: what was given at checkout comes back with the session.
  writeFileSync(
    join(place, "node_modules/stripe/index.cjs"),
    `let metadata = {};
const session = ${JSON.stringify(STRIPE_SESSION)};
module.exports = class Stripe {
  webhooks = { constructEvent: (body) => JSON.parse(body.toString()) };
  checkout = { sessions: {
    create: async (given) => { metadata = given.metadata; return { url: "https://checkout.example/pay" }; },
    retrieve: async () => ({ ...session, metadata }),
  } };
};
`,
  );
  const url = await run("express/stripe.mjs");
  const headers = { Cookie: "avad=77_f3; avad_visitor=9b2f8f3e-52a1-4f0e-8d8b-3d1d1a1f0c11" };
  const checkout = await fetch(`${url}/checkout`, {
    method: "POST",
    redirect: "manual",
    headers: { ...BROWSER, ...headers },
  });
  expect(checkout.status).toBe(303);
  const answer = await fetch(`${url}/webhooks/stripe`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "User-Agent": "Stripe/1.0" },
    body: JSON.stringify({ type: "checkout.session.completed", data: { object: { id: STRIPE_SESSION.id } } }),
  });
  expect(answer.status).toBe(200);
  const [arrived] = await sandbox.waitForOrders(1);
  expect(arrived?.body).toMatchObject({
    user_agent: BROWSER["User-Agent"],
    tracking_ids: { avantlink_avad: "77_f3" },
    order: { order_number: "1001" },
  });
});

test("the whole server of the integration guide delivers its order, and ends by SIGTERM", async () => {
  const url = await run("express/server.ts", { OUTBOX_PATH: join(place, "outbox.sqlite") });
  await visit(`${url}/checkout/thank-you`, { "X-Forwarded-For": "203.0.113.7" });
  const [arrived] = await sandbox.waitForOrders(1);
  expect(arrived?.body).toMatchObject({
    user_ip_address: "203.0.113.7",
    order: { order_amount_subtotal: 34.98, coupon_codes: ["SAVE5"] },
  });
  running?.kill("SIGTERM");
  const [code] = await once(running as ChildProcess, "exit");
  expect(code).toBe(0);
});

test("the example of docs/money.md comes to the lines that the page prints", () => {
  const result = toOrderPayload(order, {});
  expect(result.ok && result.payload.order.order_amount_subtotal).toBe(283.45);
  const page = readFileSync(join(import.meta.dirname, "../../docs/money.md"), "utf8");
  const lines = result.ok ? result.payload.order.products : [];
  const rows = lines.map(
    ({ product_sku, product_amount, quantity }) =>
      `| ${product_sku} | ${Number(product_amount).toFixed(2)} | ${quantity} |`,
  );
  expect(page).toContain(`\n${rows.join("\n")}\n`);
  expect([dollars, cents]).toEqual(["19.99", 1999]);
});

test("the example of docs/privacy.md asks the cookie", async () => {
  const { tracker } = await import("./samples/consent.ts");
  const read = (cookie: string) =>
    tracker.contextOf(Object.assign(Object.create(null), { headers: { cookie }, method: "GET", url: "/" }));
  expect(await read("marketing=yes")).toMatchObject({ consent: "granted" });
  expect(await read("marketing=no")).toEqual({ consent: "denied" });
  await tracker.close();
});

test("the tracker of the README opens nothing before its first use", async () => {
  const { tracker } = await import("./samples/outbox/tracker.ts");
  expect(existsSync("/var/lib/shop/avantlink.sqlite")).toBe(false);
  await tracker.close();
});

test("the order service of packages/core has an order stored", async () => {
  const { orderPaid } = await import("./samples/core/worker.ts");
  expect(await orderPaid(order, { context: packContext(aContext()) })).toBe("done");
});
