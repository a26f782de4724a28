import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { Browser, sent } from "../conformance/harness.ts";
import { type NextServer, startNext } from "./next-server.ts";
import { builtProject } from "./project.ts";

const PATIENT = { timeoutMs: 15_000 };
const version = inject("nextVersion");
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
    expect(sent(record, "current_url")).toBe(server.url + path);
    expect(sandbox.requests).toHaveLength(1);
  });

  test.each([
    ["the page's frame", { "next-router-prefetch": "1" }],
    ["one segment", { "next-router-prefetch": "1", "next-router-segment-prefetch": "/suspended/__PAGE__" }],
    ["what can be rendered for this shopper", { "next-router-prefetch": "2" }],
  ])("a prefetch of %s tracks nothing, and the navigation does", async (what, headers) => {
    const fetched = { rsc: "1", accept: "*/*", "sec-fetch-dest": "empty", "sec-fetch-mode": "cors" };
    const path = `/suspended?order=CC-${what.replaceAll(" ", "-")}`;
    const answer = await open(path, { ...fetched, ...headers });
    if (answer.headers.location) await open(answer.headers.location, { ...fetched, ...headers });
    const navigation = await open(path, fetched);
    if (navigation.headers.location) await open(navigation.headers.location, fetched);
    await sandbox.waitForOrders(1, PATIENT);
    expect(sandbox.requests).toHaveLength(1);
    expect(answer.body.toString()).not.toContain('status\\":');
  });
});

afterAll(() => sandbox.close());
