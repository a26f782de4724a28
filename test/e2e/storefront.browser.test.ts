import { type Sandbox, startSandbox } from "@avantlink-s2s/sandbox";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { plan } from "../../examples/demo/walk.ts";
import { findChromium, launchChromium } from "../support/browser.ts";
import { BEHIND_A_PROXY, openStorefront, type Storefront } from "../support/storefront.ts";

const executable = findChromium();
const HOSTILE_BROWSER = `Mozilla/5.0 <img src=x onerror="alert(1)"> Chrome/140`;

describe.skipIf(executable === undefined)(
  "the storefront in Chromium (skipped where none is installed)",
  () => {
    let browser: Browser;
    let sandbox: Sandbox;
    let shop: Storefront;
    /** What must not happen: errors, dialogs, requests to elsewhere. */
    let incidents: string[];

    beforeAll(async () => {
      browser = await launchChromium(executable);
    });
    afterAll(() => browser.close());

    beforeEach(async () => {
      incidents = [];
      sandbox = await startSandbox();
      shop = await openStorefront(sandbox.url);
    });
    afterEach(async () => {
      for (const context of browser.contexts()) await context.close();
      await shop.close();
      await sandbox.close();
      expect(incidents).toEqual([]);
    });

    async function open(viewport: { width: number; height: number }): Promise<Page> {
      const context = await browser.newContext({
        viewport,
        userAgent: HOSTILE_BROWSER,
        extraHTTPHeaders: BEHIND_A_PROXY,
      });
      const page = await context.newPage();
      page.on("pageerror", (error) => incidents.push(`error: ${error.message}`));
      page.on(
        "console",
        (message) => message.type() === "error" && incidents.push(`console: ${message.text()}`),
      );
      page.on("dialog", (dialog) => {
        incidents.push(`dialog: ${dialog.message()}`);
        return dialog.dismiss();
      });
      page.on("request", (request) => {
        if (![shop.url, sandbox.url].includes(new URL(request.url()).origin)) {
          incidents.push(`request: ${request.url()}`);
        }
      });
      return page;
    }

    /** Everything fits the width, so that nobody has to scroll sideways. */
    async function expectFits(window: Page): Promise<void> {
      const page = "document.documentElement";
      const hidden = await window.evaluate<number>(`${page}.scrollWidth - ${page}.clientWidth`);
      if (hidden > 0) incidents.push(`${window.url()} is ${hidden} pixels wider than the window`);
    }

    async function buy(page: Page): Promise<string> {
      const seen = () => expectFits(page);
      await page.goto(shop.url + plan.landing, { referer: plan.affiliate });
      await seen();
      await page.getByRole("link", { name: "Beam headlamp" }).click();
      await seen();
      await page.getByLabel("Quantity").fill("2");
      await page.getByRole("button", { name: "Add to cart" }).click();
      await page.getByRole("link", { name: "Gear" }).click();
      await page.getByRole("link", { name: "Ridgeline two-person tent" }).click();
      await page.getByRole("button", { name: "Add to cart" }).click();
      await page.getByLabel("Coupon code").fill("trail15");
      await page.getByRole("button", { name: "Apply" }).click();
      await page.getByText("-$49.48").waitFor();
      await seen();
      await page.getByRole("link", { name: "Check out" }).click();
      await page.getByLabel("E-mail").fill("sam.shopper@example.com");
      await page.getByLabel("Name").fill("Sam Shopper");
      await page.getByLabel("Street and number").fill("12 Canyon Road");
      await page.getByLabel("Town or city").fill("Moab");
      await page.getByLabel("State or province").fill("UT");
      await page.getByLabel("ZIP or postal code").fill("84532");
      await page.getByLabel("Country").selectOption("United States");
      await seen();
      await page.getByRole("button", { name: "Pay $307.65 (pretend)" }).click();
      await page.getByRole("heading", { name: "Thank you, Sam Shopper" }).waitFor();
      await seen();
      return String(await page.locator('[data-order="number"]').textContent());
    }

    it("sells with one click and one order, through refresh, back and forward", async () => {
      const page = await open({ width: 1280, height: 800 });
      const number = await buy(page);
      await page.reload();
      await page.getByText(`Your order is ${number}.`).waitFor();
      await page.goBack();
      await page.getByRole("heading", { name: "Your cart is empty" }).waitFor();
      await page.goForward();
      await page.getByText(`Your order is ${number}.`).waitFor();
      await shop.events.waitFor("delivered", 2);
      await shop.events.waitFor("duplicate", 2);

      expect(sandbox.requests).toHaveLength(2);
      const [click, order] = [sandbox.clicks[0], sandbox.orders[0]];
      expect([click?.findings, order?.findings]).toEqual([[], []]);
      expect(order).toMatchObject({ click: click?.id, attributedBy: "avantlink_avad" });
      const cookies = await page.context().cookies();
      const visitor = cookies.find(({ name }) => name === "avad_visitor");
      expect(visitor).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
      expect(order?.body).toMatchObject({
        current_url: `${shop.url}/checkout/thank-you`,
        referrer_url: `${shop.url}/checkout`,
        user_agent: HOSTILE_BROWSER,
        user_ip_address: "203.0.113.7",
        tracking_ids: { visitor_id: [visitor?.value], avantlink_avad: "77_f3afbe121" },
        order: { order_number: number, order_amount_subtotal: 280.37, coupon_codes: ["TRAIL15"] },
      });
      expect(click?.body).toMatchObject({
        current_url: shop.url + plan.landing,
        referrer_url: plan.affiliate,
        tracking_ids: { visitor_id: [visitor?.value], avantlink_avad: "77_f3afbe121" },
      });
    });

    it("is seen on the sandbox's page, with a hostile browser's name as mere text", async () => {
      const page = await open({ width: 1280, height: 800 });
      const number = await buy(page);
      await sandbox.waitForOrders(1);
      await page.goto(sandbox.url);
      await page
        .getByRole("list")
        .getByRole("link", { name: `Order ${number}` })
        .click();
      const details = page.getByRole("region", { name: "Details" });
      await details.getByRole("heading", { name: "The click behind it" }).waitFor();
      await details.getByText(`<img src=x onerror=`).first().waitFor();
      expect(await page.locator("img[src=x]").count()).toBe(0);
    });

    it("fits a phone", async () => {
      await buy(await open({ width: 360, height: 740 }));
      expect(sandbox.requests.length).toBeLessThanOrEqual(2);
    });
  },
);
