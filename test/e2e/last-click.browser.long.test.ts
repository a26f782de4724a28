import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import * as shop from "@avantlink-s2s/express";
import { cookiebot } from "@avantlink-s2s/express/consent";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { parse } from "cookie";
import express from "express";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CHROMIUM_USER_AGENT, findChromium, launchChromium } from "../support/browser.ts";
import { eventLog } from "../support/events.ts";
import { anOrder, MERCHANT_ID } from "../support/orders.ts";

const executable = findChromium();
const docs = readFileSync(new URL("../../docs/consent.md", import.meta.url), "utf8");

/** The recipe, as docs/consent.md prints it, without its imports. */
function recipe(): string {
  const [, code = ""] = /## Last click[\s\S]*?```ts\n([\s\S]*?)```/.exec(docs) ?? [];
  return code.replaceAll(/^import .*\n/gm, "");
}

const CONSENTED = `CookieConsent=${encodeURIComponent("{stamp:'dGVzdA==',necessary:true,marketing:true,ver:1}")}; path=/`;

describe.skipIf(executable === undefined)(
  "the recipe of the last click among networks, in Chromium (skipped where none is installed)",
  () => {
    const events = eventLog();
    const sandbox = startSandbox();
    const closing: (() => unknown)[] = [];
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let site: string;
    let bought = 0;

    beforeAll(async () => {
      browser = await launchChromium(executable);
      const app = express();
      const { url } = await sandbox;
      const createTracker = (options: shop.TrackerOptions) => {
        const settings = { merchantId: MERCHANT_ID, endpoint: url, onEvent: events.onEvent };
        const tracker = shop.createTracker({ ...settings, ...options });
        closing.push(() => tracker.close({ timeoutMs: 0 }));
        return tracker;
      };
      const { skip, trackClicks, trackOrders } = shop;
      const given = { createTracker, skip, trackClicks, trackOrders, cookiebot, parse, app };
      new Function(...Object.keys(given), recipe())(...Object.values(given));
      app.get("/", (_, res) => void res.send("<title>Gear</title>"));
      app.get("/checkout/thank-you", (_, res) => {
        bought += 1;
        res.locals.order = anOrder({ orderNumber: `${bought}` });
        res.send("<title>Thanks</title>");
      });
      const server = app.listen(0, "127.0.0.1");
      await once(server, "listening");
      site = `http://shop.localhost:${(server.address() as AddressInfo).port}`;
      closing.push(
        () => browser.close(),
        () => server.close(),
      );
    });
    beforeEach(async () => {
      context = await browser.newContext({ userAgent: CHROMIUM_USER_AGENT });
      page = await context.newPage();
    });
    afterEach(async () => {
      await context.close();
      (await sandbox).reset();
    });
    afterAll(async () => {
      for (const close of closing) await close();
      await (await sandbox).close();
    });

    const visit = (path: string) => page.goto(site + path);
    const consent = () => page.evaluate(`document.cookie = ${JSON.stringify(CONSENTED)}`);
    const lastNetwork = async () =>
      (await context.cookies()).find(({ name }) => name === "last_network")?.value;

    test("another network's last click skips the order, with the shop's reason", async () => {
      await visit("/");
      await consent();
      await visit("/?avad=77_f3afbe121");
      const landing = await visit("/?netid=other");
      expect(await landing?.headerValue("cache-control")).toBe("private, no-store");
      expect(await lastNetwork()).toBe("other");
      await visit("/checkout/thank-you");
      const [skipped] = await events.waitFor("skipped");
      expect(skipped).toMatchObject({ reason: "last click of another network" });
      expect((await sandbox).orders).toEqual([]);
    });

    test("AvantLink's last click sends it, also after another network's", async () => {
      await visit("/");
      await consent();
      await visit("/?netid=other");
      await visit("/?avad=77_f3afbe121");
      expect(await lastNetwork()).toBe("avantlink");
      await visit("/checkout/thank-you");
      const [order] = await (await sandbox).waitForOrders(1);
      expect(order?.body).toMatchObject({ tracking_ids: { avantlink_avad: "77_f3afbe121" } });
    });

    test("no cookie is set before consent", async () => {
      await visit("/?netid=other");
      expect(await context.cookies()).toEqual([]);
    });

    test("no cookie is set with Global Privacy Control, whatever the banner says", async () => {
      await visit("/");
      await consent();
      await page.setExtraHTTPHeaders({ "Sec-GPC": "1" });
      await visit("/?netid=other");
      expect(await lastNetwork()).toBeUndefined();
    });

    test("AvantLink's landing counts too where the shopper consents on it, after another network's click", async () => {
      await visit("/");
      await consent();
      await visit("/?netid=other");
      await page.evaluate('document.cookie = "CookieConsent=; path=/; max-age=0"');
      await visit("/?avad=77_f3afbe121");
      expect(await lastNetwork()).toBe("other");
      await consent();
      await page.goto(`${site}/`, { referer: page.url() });
      expect(await lastNetwork()).toBe("avantlink");
      await visit("/?netid=other");
      expect(await lastNetwork()).toBe("other");
    });

    test("another network's click is the last one, also on the page where AvantLink's landing is counted", async () => {
      await visit("/?avad=77_f3afbe121");
      await consent();
      await page.goto(`${site}/?netid=other`, { referer: page.url() });
      expect((await context.cookies()).map(({ name }) => name)).toContain("avad");
      expect(await lastNetwork()).toBe("other");
    });

    test.each([
      "/?AVAD=77_f3afbe121",
      "/?avad=77_f3afbe121&netid=1",
      "/?color=red&amp;avad=77_f3afbe121",
      "/?netid=&avad=77_f3afbe121",
    ])("a click that the tracker counts is AvantLink's: %s", async (landing) => {
      await visit("/");
      await consent();
      await visit("/?netid=other");
      await visit(landing);
      expect(await lastNetwork()).toBe("avantlink");
    });

    test("an order without any click is sent", async () => {
      await visit("/");
      await consent();
      await visit("/checkout/thank-you");
      expect(await (await sandbox).waitForOrders(1)).toHaveLength(1);
    });
  },
);
