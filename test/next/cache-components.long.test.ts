import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { Browser, sent } from "../conformance/harness.ts";
import { findChromium, launchChromium } from "../support/browser.ts";
import { type NextServer, startNext } from "./next-server.ts";
import { builtProject } from "./project.ts";

const PATIENT = { timeoutMs: 15_000 };
const version = inject("nextVersion");
const chromium = findChromium();
const sandbox = await startSandbox();
let server: NextServer;
const open = (path: string, headers: Record<string, string> = {}) =>
  new Browser({ url: server.url, path: () => "/" }).open(path, { headers });

// Cache Components came with Next 16.
describe.skipIf(version === "next-15")("with Cache Components", () => {
  beforeAll(async () => {
    const project = await builtProject({
      source: "test/next/cache-components",
      next: version,
      config: { cacheComponents: true, partialPrefetching: true },
    });
    server = await startNext(project, { SUITE_SETTINGS: JSON.stringify({ endpoint: sandbox.url }) });
  });
  afterEach(() => sandbox.reset());
  afterAll(() => server?.close());

  test.each([
    ["under Suspense", "/suspended?order=CC-1", "CC-1"],
    ["on a page that exports instant = false", "/instant?order=CC-2", "CC-2"],
    ["behind a GET handler that reads nothing of the request", "/handler", "CC-handler"],
  ])("an order is tracked %s, once", async (_, path, order) => {
    for (const _again of [1, 2]) expect((await open(path)).status).toBe(200);
    const [record] = await sandbox.waitForOrders(1, PATIENT);
    expect(sent(record, "order.order_number")).toBe(order);
    // Of the query, AvantLink gets known parameters only.
    expect(sent(record, "current_url")).toBe(server.url + path.split("?", 1)[0]);
    expect(sandbox.requests).toHaveLength(1);
  });

  test.skipIf(chromium === undefined)(
    "links that are only prefetched track nothing, and following one does (needs Chromium)",
    async () => {
      const browser = await launchChromium(chromium);
      try {
        const page = await browser.newPage();
        const prefetched: string[] = [];
        page.on("request", (request) => {
          if (request.headers()["next-router-prefetch"]) prefetched.push(request.url());
        });
        await page.goto(server.url, { waitUntil: "networkidle" });
        expect(prefetched.join()).toMatch(/CC-link.*CC-ahead.*CC-instant/);
        await open("/flush");
        expect(sandbox.requests).toHaveLength(0);

        await page.getByText("Ahead", { exact: true }).click();
        await page.getByText("accepted").waitFor();
        const [record] = await sandbox.waitForOrders(1, PATIENT);
        expect(sent(record, "order.order_number")).toBe("CC-ahead");
        await open("/flush");
        expect(sandbox.requests).toHaveLength(1);
      } finally {
        await browser.close();
      }
    },
  );
});

afterAll(() => sandbox.close());
