/**
 * Measures how long a shopper waits for the thank-you page of examples/next-storefront: without our lines, without them
 * and with an empty proxy, with our lines, and with them while AvantLink does not answer.
 *
 *     pnpm test:first-byte --purchases 100
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { buffer } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { Browser } from "../conformance/harness.ts";
import { submitForm } from "../next/forms.ts";
import { startNext } from "../next/next-server.ts";
import { builtProject, type NextVersion } from "../next/project.ts";
import buildPackages from "../support/built-packages.ts";
import { CHECKOUT } from "../support/checkout.ts";
import { startChild } from "../support/child.ts";
import type { AwaitOrders, SandboxNews, SandboxSettings } from "./sandbox-process.ts";

const { values } = parseArgs({
  options: { purchases: { type: "string", default: "100" }, next: { type: "string", default: "next" } },
});
const purchases = Number(values.purchases);
const version: NextVersion = values.next === "next-15" ? "next-15" : "next";
const WARM_UP = 5;
const REFRESHES = 5;
const PAGE = "app/checkout/thank-you/page.tsx";
// Shows what any proxy costs a page of Next.js.
const EMPTY_PROXY = `export function proxy() {}\n${/^export const config.*$/m.exec(sourceOf("proxy.ts"))?.[0]}\n`;
buildPackages();
const source = "examples/next-storefront";
const tracked = await builtProject({ source, next: version });
const bare = await builtProject({
  source,
  next: version,
  files: { [PAGE]: withoutOurLines(PAGE), "proxy.ts": "" },
});
const proxied = await builtProject({
  source,
  next: version,
  files: { [PAGE]: withoutOurLines(PAGE), "proxy.ts": EMPTY_PROXY },
});
const answering = await avantLink({ hangs: false });
const hanging = await avantLink({ hangs: true });

const folder = mkdtempSync(join(tmpdir(), "first-byte-"));
const open = async (name: string, project: typeof tracked, endpoint: string) => ({
  name,
  server: await startNext(project, {
    AVANTLINK_MERCHANT_ID: "123e4567-e89b-12d3-a456-426614174000",
    AVANTLINK_ENDPOINT: endpoint,
    DATABASE_PATH: join(folder, `${name}.sqlite`),
    OUTBOX_PATH: join(folder, `${name}-outbox.sqlite`),
  }),
  first: [] as number[],
  again: [] as number[],
});
const shops = [
  await open("without us", bare, answering.url),
  await open("without us, an empty proxy", proxied, answering.url),
  await open("with us", tracked, answering.url),
  await open("with us, AvantLink hangs", tracked, hanging.url),
];

try {
  // In turns, so that other work of the machine meets all shops alike. The first rounds warm them up.
  for (let round = -WARM_UP; round < purchases; round += 1) {
    for (const shop of shops) {
      const shopper = new Browser({ url: shop.server.url, path: () => "/" }, { origin: shop.server.url });
      await submitForm(shopper, "/products/hearth-mug", { quantity: "1" });
      await submitForm(shopper, "/checkout", CHECKOUT);
      for (let view = 0; view <= REFRESHES; view += 1) {
        const ms = await firstByte(shop.server.url, shopper);
        if (round >= 0) (view === 0 ? shop.first : shop.again).push(ms);
      }
    }
  }
  for (const { name, first, again } of shops) {
    console.log(`${name.padEnd(26)} first view ${figures(first)}   refresh ${figures(again)}`);
  }
  answering.child.send({ orders: purchases + WARM_UP });
  const { orders } = (await answering.child.next("arrived")) as Extract<SandboxNews, { kind: "arrived" }>;
  console.log(`${version}; ${purchases + WARM_UP} purchases with us were ${orders} orders`);
  process.exitCode = orders === purchases + WARM_UP ? 0 : 1;
} finally {
  for (const { server } of shops) await server.close();
  await Promise.all([answering.child.kill(), hanging.child.kill()]);
  rmSync(folder, { recursive: true, force: true });
}

async function avantLink(settings: SandboxSettings) {
  const child = startChild<AwaitOrders, SandboxNews>(
    new URL("./sandbox-process.ts", import.meta.url),
    settings,
  );
  const { url } = (await child.next("ready")) as Extract<SandboxNews, { kind: "ready" }>;
  return { child, url };
}

/** Milliseconds from asking for the thank-you page to the first byte of its body. */
async function firstByte(url: string, { cookies }: Browser): Promise<number> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const headers = { cookie, accept: "text/html", "sec-fetch-dest": "document", "sec-fetch-mode": "navigate" };
  const since = performance.now();
  const ms = await new Promise<number>((resolve, reject) => {
    request(`${url}/checkout/thank-you`, { headers }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`The page answered ${response.statusCode}.`));
      response.once("readable", () => {
        const waited = performance.now() - since;
        buffer(response).then(() => resolve(waited), reject);
      });
    })
      .once("error", reject)
      .end();
  });
  return ms;
}

function figures(all: readonly number[]): string {
  const sorted = all.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(1);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`;
}

function sourceOf(path: string): string {
  return readFileSync(join(import.meta.dirname, "../../examples/next-storefront", path), "utf8");
}

function withoutOurLines(path: string): string {
  return sourceOf(path)
    .split("\n")
    .filter((line) => !line.includes("// AvantLink"))
    .join("\n");
}
