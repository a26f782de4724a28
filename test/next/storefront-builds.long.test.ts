import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, afterEach, expect, test } from "vitest";
import { openBrowser, USER_AGENT } from "../../examples/demo/shopper.ts";
import { buy, plan, refresh } from "../../examples/demo/walk.ts";
import { Browser } from "../conformance/harness.ts";
import { openStorefront, storefront } from "./open-storefront.ts";

const PATIENT = { timeoutMs: 15_000 };
const silent = () => {};
const sandbox = await startSandbox();
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

test("without our lines in proxy.ts and on the thank-you page, the shop is the same", async () => {
  const without = (path: string) =>
    readFileSync(join(import.meta.dirname, "../../examples/next-storefront", path), "utf8")
      .split("\n")
      .filter((line) => !line.includes("// AvantLink"))
      .join("\n");
  const page = "app/checkout/thank-you/page.tsx";
  const project = storefront({ files: { [page]: without(page), "proxy.ts": "" } });
  expect(without("proxy.ts")).not.toMatch(/tracker|avantlink/i);
  await using bare = await openStorefront(sandbox.url, {}, project);
  const shopper = openBrowser();
  await shopper.arrive(`${bare.url}/`, "https://blog.example/");
  const purchase = await buy(shopper, plan, silent);
  await refresh(shopper, purchase, silent);
  expect(sandbox.requests).toHaveLength(0);
});

test("under a base path, a landing on any page is a click, and no cache keeps the page", async () => {
  const everywhere = ["Cache-Control", "CDN-Cache-Control"].map((key) => ({
    key,
    value: "public, max-age=600",
  }));
  const config = {
    basePath: "/outdoors",
    images: { unoptimized: true },
    headers: [{ source: "/:path*", headers: everywhere }],
  };
  const text = `const { headers, ...config } = ${JSON.stringify(config)};
export default { ...config, headers: async () => headers };
`;
  const project = storefront({ files: { "next.config.ts": text } });
  await using outdoors = await openStorefront(sandbox.url, { SITE_URL: "http://shop.example" }, project);
  const pages = ["/outdoors", "/outdoors/products/hearth-mug"];
  for (const page of pages) {
    const shopper = new Browser({ url: outdoors.url, path: () => "/" }, { "user-agent": USER_AGENT });
    const landed = await shopper.open(`${page}?avad=77_base`);
    expect(landed.headers).toMatchObject({
      "cache-control": "private, no-store",
      "cdn-cache-control": "private, no-store",
    });
    expect(landed.setCookies).toHaveLength(2);
    expect((await shopper.open(page)).headers["cache-control"]).toBe("public, max-age=600");
  }
  const clicks = await sandbox.waitForClicks(2, PATIENT);
  expect(clicks.map(({ body }) => body)).toMatchObject(
    pages.map((page) => ({ current_url: `http://shop.example${page}?avad=77_base` })),
  );
});
