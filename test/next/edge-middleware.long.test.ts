import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { Browser, sent } from "../conformance/harness.ts";
import { MERCHANT_ID } from "../conformance/shop.ts";
import { type NextServer, startNext } from "./next-server.ts";
import { builtProject } from "./project.ts";

const PATIENT = { timeoutMs: 15_000 };
const sandbox = await startSandbox();
let server: NextServer;
const browser = () => new Browser({ url: server.url, path: () => "/" });

beforeAll(async () => {
  // webpack fails on any `node:` import in what reaches the edge, a lazy one too; Turbopack would only warn.
  const project = await builtProject({
    source: "test/next/edge-middleware",
    next: inject("nextVersion"),
    bundler: "webpack",
  });
  server = await startNext(project, {
    SHOP_MERCHANT: MERCHANT_ID,
    AVANTLINK_ENDPOINT: sandbox.url,
  });
});
afterEach(() => sandbox.reset());
afterAll(async () => {
  await server.close();
  await sandbox.close();
});

describe("a shop that has only middleware.ts, on the edge runtime", () => {
  test("captures a click", async () => {
    const shopper = browser();
    const { status, body, headers } = await shopper.open("/?avad=77_f3afbe121");
    expect(status).toBe(200);
    expect(body.toString()).toContain("Gear");
    expect(headers["cache-control"]).toBe("private, no-store");
    const [click] = await sandbox.waitForClicks(1, PATIENT);
    expect(sent(click, "tracking_ids.visitor_id")).toEqual([shopper.cookies.get("avad_visitor")]);
    expect(sent(click, "current_url")).toBe(`${server.url}/?avad=77_f3afbe121`);
  });

  test("answers while AvantLink hangs", async () => {
    sandbox.fail({ hang: true });
    expect((await browser().open("/?avad=77_f3afbe121")).status).toBe(200);
  });

  test("knows production by its build, where the platform does not set it at run time", async () => {
    expect((await browser().open("/mode")).body.toString()).toBe("live");
  });

  test.each([
    ["a redirect", "/old", 307],
    ["an answer of its own", "/json", 418],
    ["a rewrite", "/shelf", 200],
  ])("keeps %s of the shop's own", async (_, path, status) => {
    const plain = await browser().open(path);
    const landing = await browser().open(`${path}?avad=77_f3afbe121`);
    expect([plain.status, landing.status]).toEqual([status, status]);
    expect(landing.headers.location).toBe(plain.headers.location);
    expect(landing.body).toEqual(plain.body);
    expect(plain.setCookies).toEqual([]);
    expect(landing.setCookies.map((line) => line.split("=", 1)[0])).toEqual(["avad", "avad_visitor"]);
    await sandbox.waitForClicks(1, PATIENT);
  });

  describe("whose own code sets a cookie through cookies()", () => {
    const names = (lines: readonly string[]) => lines.map((line) => line.split("=", 1)[0]);

    test("sends the shop's cookies and ours, also where the shop's has the value that it had", async () => {
      const shopper = browser();
      for (const avad of ["77_f3/50%", "78_f4"]) {
        const { status, setCookies } = await shopper.open(`/jar?avad=${encodeURIComponent(avad)}`);
        expect(status).toBe(200);
        expect(names(setCookies)).toEqual(expect.arrayContaining(["shelf", "ab", "avad"]));
        expect(setCookies.join("\n")).toMatch(
          /^ab=50%25; Path=\/; Expires=[^;]+; Max-Age=60; SameSite=strict$/m,
        );
        expect(setCookies.join("\n")).toMatch(
          /^avad=[^;]+; Path=\/; .*Max-Age=\d{4,}; HttpOnly; SameSite=lax$/m,
        );
        expect(decodeURIComponent(shopper.cookies.get("avad") ?? "")).toBe(avad);
      }
      const clicks = await sandbox.waitForClicks(2, PATIENT);
      expect(clicks.map((click) => sent(click, "tracking_ids.visitor_id"))).toEqual(
        clicks.map(() => [shopper.cookies.get("avad_visitor")]),
      );
    });

    test("removes ours where the shopper does not consent", async () => {
      const shopper = browser();
      await shopper.open("/?avad=77_f3");
      shopper.cookies.set("consent", "no");
      const { setCookies } = await shopper.open("/jar?avad=78_f4");
      expect(names(setCookies)).toEqual(expect.arrayContaining(["shelf", "ab", "avad", "avad_visitor"]));
      expect([...shopper.cookies.keys()]).toEqual(["consent", "shelf", "ab"]);
      await sandbox.waitForClicks(1, PATIENT);
    });

    test("has what Next makes of it where nothing is ours to add", async () => {
      expect(names((await browser().open("/jar")).setCookies)).toEqual(["shelf"]);
    });
  });
});
