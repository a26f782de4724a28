import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { Browser, sent, suiteEvents } from "../conformance/harness.ts";
import { type NextServer, startNext } from "./next-server.ts";
import { builtProject } from "./project.ts";

const PATIENT = { timeoutMs: 15_000 };
const sandbox = await startSandbox();
const { keep, eventThat } = suiteEvents();
let server: NextServer;

const open = (path: string) =>
  new Browser({ url: server.url, path: () => "/" }).open(`/store${path}`, {
    headers: { cookie: "consent=yes" },
  });

const version = inject("nextVersion");

describe("a shop with a base path and a matcher without /api", () => {
  beforeAll(async () => {
    const project = await builtProject({
      source: "test/next/odd-places",
      next: version,
      config: { basePath: "/store", experimental: { useCache: true } },
    });
    const settings = JSON.stringify({ endpoint: sandbox.url, asksConsent: true });
    server = await startNext(project, { SUITE_SETTINGS: settings }, (line) => {
      if (line.startsWith("@event ")) keep(JSON.parse(line.slice("@event ".length)));
    });
    await open("");
  });
  afterEach(() => sandbox.reset());
  afterAll(() => server?.close());

  // The proxy runs on Node.js from Next 16 on: only there the routes know what it has learned.
  test.skipIf(version === "next-15").each([
    ["a route handler", "/api/order?order=B-1", "/store/api/order"],
    ["a route of the Pages Router", "/api/pages-order?order=B-2", "/store/api/pages-order"],
  ])("%s sends its address with the base path", async (_, path, sentPath) => {
    expect((await open(path)).status).toBe(200);
    const [order] = await sandbox.waitForOrders(1, PATIENT);
    expect(sent(order, "current_url")).toBe(server.url + sentPath);
  });

  test("without a request's path the address is sent empty, with a finding", async () => {
    const { body } = await open("/api/context?order=B-3");
    expect(JSON.parse(body.toString())).toMatchObject({
      context: { consent: "granted" },
      receipt: { status: "accepted", findings: [{ code: "context.no-id" }, { code: "context.no-page" }] },
    });
    const [order] = await sandbox.waitForOrders(1, PATIENT);
    expect(sent(order, "current_url")).toBe("");
  });

  test("an order that is tracked in unstable_cache is rejected and reported; the page is answered", async () => {
    const { status, body } = await open("/unstable-cache?order=B-4");
    expect(status).toBe(200);
    expect(JSON.parse(body.toString())).toMatchObject({
      receipt: { status: "rejected", code: "order.in-cache" },
      // A context that cannot be made never allows what the shop wants to be asked for.
      context: { consent: "denied" },
    });
    await eventThat(({ code, orderNumber }) => code === "order.in-cache" && orderNumber === "B-4");
    expect(sandbox.requests).toHaveLength(0);
  });

  test('an order that is tracked under "use cache" is reported, whatever Next makes of the page', async () => {
    await open("/use-cache?order=B-5");
    await eventThat(({ code, orderNumber }) => code === "order.in-cache" && orderNumber === "B-5");
    expect(sandbox.requests).toHaveLength(0);
  });

  test("an order of a page that may only be static is rejected and reported; the page is answered", async () => {
    expect((await open("/static-only/B-7")).status).toBe(200);
    await eventThat(({ code, orderNumber }) => code === "order.static-page" && orderNumber === "B-7");
    expect(sandbox.requests).toHaveLength(0);
  });

  test("an order that is tracked in after() without a context is never lost in silence", async () => {
    await open("/after?order=B-6");
    await eventThat(
      ({ type, orderNumber }) => ["accepted", "rejected"].includes(type) && orderNumber === "B-6",
    );
  });
});

afterAll(() => sandbox.close());
