/**
 * How long a shopper waits for the thank-you page of examples/next-storefront: without our lines, with them, and with
 * them while AvantLink answers nothing.
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
import { startSandbox } from "@avantlink-s2s/sandbox";
import { Browser } from "../conformance/harness.ts";
import { submitForm } from "../next/forms.ts";
import { startNext } from "../next/next-server.ts";
import { builtProject, type NextVersion } from "../next/project.ts";
import buildPackages from "../support/built-packages.ts";

const { values } = parseArgs({
  options: { purchases: { type: "string", default: "100" }, next: { type: "string", default: "next" } },
});
const purchases = Number(values.purchases);
const version: NextVersion = values.next === "next-15" ? "next-15" : "next";
const WARM_UP = 5;
const REFRESHES = 5;
const PAGE = "app/checkout/thank-you/page.tsx";
const DETAILS = {
  email: "sam.shopper@example.com",
  name: "Sam Shopper",
  street: "12 Canyon Road",
  city: "Moab",
  state: "UT",
  postcode: "84532",
  country: "US",
  card: "4242 4242 4242 4242",
  expiry: "04/31",
  cvc: "123",
};

buildPackages();
const source = "examples/next-storefront";
const tracked = await builtProject({ source, next: version });
const bare = await builtProject({
  source,
  next: version,
  files: { [PAGE]: withoutOurLines(PAGE), "proxy.ts": "" },
});
const answering = await startSandbox();
const hanging = await startSandbox();
hanging.fail({ hang: true });

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
  await open("with us", tracked, answering.url),
  await open("with us, AvantLink hangs", tracked, hanging.url),
];

try {
  // In turns, so that whatever else the machine does meets all three alike; the first rounds warm them up.
  for (let round = -WARM_UP; round < purchases; round += 1) {
    for (const shop of shops) {
      const shopper = new Browser({ url: shop.server.url, path: () => "/" }, { origin: shop.server.url });
      await submitForm(shopper, "/products/hearth-mug", { quantity: "1" });
      await submitForm(shopper, "/checkout", DETAILS);
      for (let view = 0; view <= REFRESHES; view += 1) {
        const ms = await firstByte(shop.server.url, shopper);
        if (round >= 0) (view === 0 ? shop.first : shop.again).push(ms);
      }
    }
  }
  for (const { name, first, again } of shops) {
    console.log(`${name.padEnd(26)} first view ${figures(first)}   refresh ${figures(again)}`);
  }
  await answering.waitForOrders(purchases + WARM_UP, { timeoutMs: 30_000 });
  console.log(`${version}; each of ${answering.orders.length} purchases with us was one order`);
} finally {
  for (const { server } of shops) await server.close();
  await Promise.all([answering.close(), hanging.close()]);
  rmSync(folder, { recursive: true, force: true });
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

function withoutOurLines(path: string): string {
  return readFileSync(join(import.meta.dirname, "../..", source, path), "utf8")
    .split("\n")
    .filter((line) => !line.includes("// AvantLink"))
    .join("\n");
}
