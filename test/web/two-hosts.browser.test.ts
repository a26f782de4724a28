import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { createTracker, trackClicks } from "@avantlink-s2s/web/hono";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sent, USER_AGENT } from "../conformance/harness.ts";
import { MERCHANT_ID } from "../conformance/shop.ts";
import { findChromium, launchChromium } from "../support/browser.ts";

const executable = findChromium();
const DOMAIN = "shop.localhost";
const LANDING = "/landing?avad=77_f3afbe121&utm_source=avantlink";

/** A page of a CDN: it knows nothing of the tracker but the address of the shop's API. */
const pageFor = (api: string) => `<!doctype html><title>Gear</title>
  <script>
    const land = () => fetch("${api}/landing", {
      method: "POST", mode: "no-cors", credentials: "include", referrerPolicy: "unsafe-url",
    });
    const consent = () => { document.cookie = "consent=yes; domain=${DOMAIN}; path=/"; return land(); };
    const landed = land();
  </script>`;

describe.skipIf(executable === undefined)(
  "pages on one host and the API on another, in Chromium (skipped where none is installed)",
  () => {
    const sandbox = startSandbox();
    const closing: (() => unknown)[] = [];
    let browser: Browser;
    let context: BrowserContext;
    let pages: string;
    let evil: string;
    let asksConsent = false;

    beforeAll(async () => {
      browser = await launchChromium(executable);
      const tracker = createTracker({
        merchantId: MERCHANT_ID,
        endpoint: (await sandbox).url,
        cookies: { domain: DOMAIN },
        consent: ({ cookies }) => !asksConsent || cookies.consent === "yes",
      });
      const app = new Hono();
      app.use(trackClicks(tracker));
      app.post("/landing", (c) => c.body(null, 204));
      const api = createAdaptorServer({ fetch: app.fetch }).listen(0, "127.0.0.1");
      await once(api, "listening");
      const apiPort = (api.address() as AddressInfo).port;
      const cdn = createServer((_, response) => {
        response.setHeader("content-type", "text/html").setHeader("referrer-policy", "no-referrer");
        response.end(pageFor(`http://api.${DOMAIN}:${apiPort}`));
      }).listen(0, "127.0.0.1");
      await once(cdn, "listening");
      const cdnPort = (cdn.address() as AddressInfo).port;
      pages = `http://www.${DOMAIN}:${cdnPort}`;
      evil = `http://www.evil.localhost:${cdnPort}`;
      closing.push(
        () => browser.close(),
        () => api.close(),
        () => cdn.close(),
        () => tracker.close({ timeoutMs: 0 }),
      );
    });
    beforeEach(async () => {
      // Chromium without a window names itself as such, as crawlers do.
      context = await browser.newContext({ userAgent: USER_AGENT });
    });
    afterEach(async () => {
      await context.close();
      (await sandbox).reset();
      asksConsent = false;
    });
    afterAll(async () => {
      for (const close of closing) await close();
      await (await sandbox).close();
    });

    const tokens = async () =>
      (await context.cookies(`http://api.${DOMAIN}`)).filter(({ name }) => name === "avad");

    test("a landing is one click with its token, and a reload is none", async () => {
      const page = await context.newPage();
      for (const _ of ["landing", "reload"]) {
        await page.goto(pages + LANDING);
        await page.evaluate("landed");
      }
      const [click] = await (await sandbox).waitForClicks(1);
      expect((await sandbox).clicks).toHaveLength(1);
      expect(sent(click, "tracking_ids.avantlink_avad")).toBe("77_f3afbe121");
      expect(sent(click, "current_url")).toBe(pages + LANDING);
      expect(await tokens()).toMatchObject([{ value: "77_f3afbe121", domain: `.${DOMAIN}` }]);
    });

    test("a landing before consent is nothing, and counts once the shopper has agreed", async () => {
      asksConsent = true;
      // Of a token of its own: this browser was counted with the other a moment ago.
      const page = await context.newPage();
      await page.goto(`${pages}/landing?avad=77_consent`);
      await page.evaluate("landed");
      expect((await sandbox).requests).toHaveLength(0);
      expect(await tokens()).toEqual([]);
      await page.evaluate("consent()");
      await (await sandbox).waitForClicks(1);
      expect(await tokens()).toMatchObject([{ value: "77_consent" }]);
    });

    test("a page of another site plants no token that way", async () => {
      const page = await context.newPage();
      await page.goto(evil + LANDING);
      await page.evaluate("landed");
      expect((await sandbox).requests).toHaveLength(0);
      expect(await tokens()).toEqual([]);
    });
  },
);
