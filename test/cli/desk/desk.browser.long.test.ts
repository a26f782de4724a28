import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createTracker } from "@avantlink-s2s/core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { faultsByAxe } from "../../support/axe.ts";
import { findChromium, launchChromium } from "../../support/browser.ts";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";
import { type OutboxAddress, outboxAt } from "../../support/outboxes.ts";
import { aStore } from "../../support/stores.ts";
import { anOutage, openDesk } from "./an-outage.ts";

const executable = findChromium();

describe.skipIf(executable === undefined)(
  "the desk in Chromium (skipped where none is installed)",
  { timeout: 120_000 },
  () => {
    let browser: Browser;

    beforeAll(async () => {
      // Another site's name may lead to this machine: DNS rebinding.
      browser = await launchChromium(executable, ["--host-resolver-rules=MAP evil.example 127.0.0.1"]);
    }, 60_000);
    afterAll(() => browser.close());

    async function aStoreInSqlite(): Promise<OutboxAddress> {
      const store = await aStore("sqlite");
      if ("missing" in store) throw new Error(store.missing);
      onTestFinished(store.end);
      return store.address;
    }

    /** What must not happen: errors, dialogs, requests to elsewhere. */
    async function open(url: string, viewport = { width: 1280, height: 860 }) {
      const incidents: string[] = [];
      const context = await browser.newContext({
        viewport,
        permissions: ["clipboard-read", "clipboard-write"],
      });
      onTestFinished(() => context.close());
      const page = await context.newPage();
      page.on("pageerror", (error) => incidents.push(error.message));
      page.on("dialog", (dialog) => {
        incidents.push(dialog.message());
        return dialog.dismiss();
      });
      page.on("request", (request) => {
        if (new URL(request.url()).host !== new URL(url).host) incidents.push(request.url());
      });
      page.on("response", (response) => {
        if (response.status() >= 400) incidents.push(`${response.status()} ${response.url()}`);
      });
      const openedAt = performance.now();
      await page.goto(url);
      return { page, incidents, openedAt };
    }

    const row = (page: Page, name: string) => page.getByRole("list").getByRole("link", { name });

    test("shows an outage, an order's life and its commands, and refreshes by itself", async () => {
      const address = await aStoreInSqlite();
      const sandbox = await anOutage(address);
      const { page, incidents } = await open(await openDesk(address));
      const side = page.getByRole("region", { name: "Details" });
      await side.getByText("The oldest, 1003, was accepted").waitFor();
      await side.getByRole("heading", { name: "The last hours" }).waitFor();
      await row(page, "Order 1003").click();
      await side.getByText("AvantLink's last answer: AvantLink answered 503").waitFor();
      await side.getByText("npx avantlink-s2s outbox deliver").waitFor();
      await side.getByRole("button", { name: "Copy", exact: true }).first().click();
      expect(await page.evaluate("navigator.clipboard.readText()")).toContain("outbox deliver --sqlite");
      expect(await page.content()).not.toContain("203.0.113.7");
      await side.getByRole("button", { name: "Show the body" }).click();
      await side.getByText("203.0.113.7").waitFor();
      await page.getByRole("searchbox").fill("1001");
      await row(page, "Order 1001").click();
      await side.getByText("AvantLink confirmed it").waitFor();
      await page.getByRole("searchbox").fill("9999");
      await page.getByText("No order shows this text.").waitFor();
      await page.getByRole("button", { name: "Show all" }).click();
      sandbox.fail(null);
      const outbox = await outboxAt(address);
      const tracker = createTracker({
        merchantId: MERCHANT_ID,
        endpoint: sandbox.url,
        outbox,
        deliver: false,
      });
      await tracker.start();
      const receipt = await tracker.trackOrder(anOrder({ orderNumber: "2001" }), aContext());
      expect(receipt.status).toBe("accepted");
      await tracker.close();
      await row(page, "Order 2001").waitFor();
      expect(incidents).toEqual([]);
    });

    test.each([
      ["light", { width: 1280, height: 860 }],
      ["dark", { width: 1280, height: 860 }],
      ["light", { width: 360, height: 740 }],
    ] as const)(
      "has no fault that axe finds, and runs nothing of a hostile order, %s %j",
      async (colorScheme, viewport) => {
        const address = await aStoreInSqlite();
        await anOutage(address);
        const { page, incidents } = await open(await openDesk(address), viewport);
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await row(page, "Order 1003").waitFor();
        expect(await faultsByAxe(page), "the list").toEqual([]);
        for (const name of ["<img src=x", "1002", "1004"]) {
          await page.goto(page.url().replace(/#.*/, "#/"));
          await row(page, name).click();
          await page.getByRole("heading", { level: 2, name }).waitFor();
          if (name !== "1004") await page.getByRole("button", { name: "Show the body" }).click();
          expect(await faultsByAxe(page), name).toEqual([]);
          expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name).toBe(true);
        }
        await page.getByRole("link", { name: "Now" }).click();
        await page.getByRole("heading", { name: "The last hours" }).waitFor();
        await page.getByText("As a table").click();
        expect(await faultsByAxe(page), "now").toEqual([]);
        expect(await page.locator("img[src=x]").count()).toBe(0);
        expect(incidents).toEqual([]);
      },
    );

    test("another site's page reaches neither the desk nor the sandbox", async () => {
      const address = await aStoreInSqlite();
      const sandbox = await anOutage(address);
      const desk = await openDesk(address);
      const evil = createServer((_, response) =>
        response.setHeader("Content-Type", "text/html").end("<h1>hello</h1>"),
      );
      await new Promise<void>((resolve) => evil.listen(0, "127.0.0.1", resolve));
      onTestFinished(() => void evil.close());
      const { port } = evil.address() as AddressInfo;
      const page = await (await browser.newContext()).newPage();
      onTestFinished(() => page.context().close());
      // By its own name that leads here, with the whole address known.
      for (const url of [desk, sandbox.url]) {
        const response = await page.goto(url.replace("127.0.0.1", "evil.example"));
        expect(response?.status(), url).toBe(403);
      }
      await page.goto(`http://evil.example:${port}/`);
      const before = sandbox.requests.length;
      const tried = (await page.evaluate(`(async ([desk, sandbox]) => {
        const attempt = async (run) => { try { const got = await run(); return got.type === "opaque" ? "opaque" : got.text(); } catch { return "failed"; } };
        const frame = document.createElement("iframe");
        frame.src = desk;
        document.body.append(frame);
        const script = (src) => new Promise((resolve) => { const made = document.createElement("script"); made.onload = () => resolve("ran"); made.onerror = () => resolve("failed"); made.src = src; document.body.append(made); });
        return [
          await attempt(() => fetch(desk + "api/view")),
          await attempt(() => fetch(sandbox + "/api/view")),
          await attempt(() => fetch(sandbox + "/api/requests", { method: "DELETE", headers: { "X-AvantLink-Sandbox": "page" } })),
          await script(desk + "app.js"),
          await script(sandbox + "/app.js"),
        ];
      })(${JSON.stringify([desk, sandbox.url])})`)) as string[];
      expect(tried).toEqual(["failed", "failed", "failed", "failed", "failed"]);
      await page.evaluate(`(async (sandbox) => {
        for (const path of ["/api/faults", "/events"]) await fetch(sandbox + path, { method: "POST", mode: "no-cors", body: '{"status":500,"type":"skipped"}' }).catch(() => {});
      })(${JSON.stringify(sandbox.url)})`);
      expect(sandbox.requests).toHaveLength(before);
      expect(sandbox.orders.length).toBeGreaterThan(0);
      const view = (await (await fetch(`${sandbox.url}/api/view`)).json()) as {
        sandbox: { faults: unknown[] };
      };
      expect(view.sandbox.faults).toHaveLength(1);
    });

    test("10,000 orders: how long until the first rows, and until a search is shown", async () => {
      const address = await aStoreInSqlite();
      const tracker = createTracker({
        merchantId: MERCHANT_ID,
        endpoint: "http://127.0.0.1:9",
        outbox: await outboxAt(address),
        deliver: false,
        onEvent: () => {},
      });
      const numbers = Array.from({ length: 10_000 }, (_, index) => String(10_001 + index));
      await tracker.start();
      // No more at once than are stored within the second that an order has.
      while (numbers.length > 0) {
        const some = numbers.splice(0, 50);
        await Promise.all(
          some.map((number) => tracker.trackOrder(anOrder({ orderNumber: number }), aContext())),
        );
      }
      expect((await tracker.health()).totals?.pending).toBe(10_000);
      await tracker.close();
      const url = await openDesk(address);
      const { page, incidents, openedAt } = await open(url);
      await page.locator("#rows a").first().waitFor();
      const first = performance.now() - openedAt;
      await page.getByText("1–50 of 10,000 orders").waitFor();
      const searchedAt = performance.now();
      await page.getByRole("searchbox").fill("19999");
      await page.getByText(/^1 order$/).waitFor();
      await row(page, "Order 19999").waitFor();
      const search = performance.now() - searchedAt;
      console.log(`desk, 10,000 orders: first rows ${first.toFixed(0)} ms, search ${search.toFixed(0)} ms`);
      expect(incidents).toEqual([]);
      // Generous: the machine may be busy.
      expect(first).toBeLessThan(15_000);
      expect(search).toBeLessThan(5_000);
    });
  },
);
