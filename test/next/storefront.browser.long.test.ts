import { startSandbox } from "@avantlink-s2s/sandbox";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sent } from "../conformance/harness.ts";
import { findChromium, launchChromium } from "../support/browser.ts";
import { type NextStorefront, openStorefront } from "./open-storefront.ts";
import { openUnattended } from "./unattended.ts";

const PATIENT = { timeoutMs: 15_000 };
const landingWith = (avad: string) => `/?avad=${avad}&utm_source=avantlink`;
const executable = findChromium();

describe.skipIf(executable === undefined)(
  "the Next storefront in Chromium (skipped where none is installed)",
  () => {
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let shop: NextStorefront;
    // AvantLink gives each click a token of its own.
    let avad: string;
    let clicks = 0;
    const sandbox = startSandbox();

    beforeAll(async () => {
      browser = await launchChromium(executable);
      shop = await openStorefront((await sandbox).url, { TRUST_PROXY: "1" });
    });
    beforeEach(async () => {
      avad = `77_f3afbe12${++clicks}`;
      context = await browser.newContext({
        baseURL: shop.url,
        extraHTTPHeaders: { "X-Forwarded-For": "6.6.6.6, 203.0.113.7" },
      });
      page = await context.newPage();
    });
    afterEach(async () => {
      await context.close();
      (await sandbox).reset();
    });
    afterAll(async () => {
      await shop.close();
      await browser.close();
      await (await sandbox).close();
    });

    /** From whatever page is open to the thank-you page, as a person does it. */
    async function buy(buyer: Page): Promise<string> {
      await buyer.getByRole("link", { name: "Gear" }).click();
      await buyer.getByRole("link", { name: "Hearth enamel mug" }).click();
      await buyer.getByRole("button", { name: "Add to cart" }).click();
      await buyer.getByRole("link", { name: "Check out" }).click();
      await buyer.getByLabel("E-mail").fill("sam.shopper@example.com");
      await buyer.getByLabel("Name").fill("Sam Shopper");
      await buyer.getByLabel("Street").fill("12 Canyon Road");
      await buyer.getByLabel("Town").fill("Moab");
      await buyer.getByLabel("State").fill("UT");
      await buyer.getByLabel("ZIP").fill("84532");
      await buyer.getByRole("button", { name: "Pay" }).click();
      await buyer.waitForURL("**/checkout/thank-you");
      return (await buyer.locator('[data-order="number"]').textContent()) ?? "";
    }

    /** What both calls of a purchase must say of its shopper. */
    async function expectOnePurchase(orderNumber: string, ipAddress = "203.0.113.7"): Promise<void> {
      const [click] = await (await sandbox).waitForClicks(1, PATIENT);
      const [order] = await (await sandbox).waitForOrders(1, PATIENT);
      const visitor = (await context.cookies()).find(({ name }) => name === "avad_visitor")?.value;
      const shared = {
        tracking_ids: { user_id: [], visitor_id: [visitor], avantlink_avad: avad },
        user_agent: await page.evaluate(() => navigator.userAgent),
        user_ip_address: ipAddress,
      };
      expect(click?.body).toMatchObject({ ...shared, current_url: shop.url + landingWith(avad) });
      expect(order?.body).toMatchObject({
        ...shared,
        current_url: `${shop.url}/checkout/thank-you`,
        referrer_url: `${shop.url}/checkout`,
        order: { order_number: orderNumber, order_amount_subtotal: 14.5 },
      });
      expect(order?.click).toBe(click?.id);
      expect((await sandbox).requests).toHaveLength(2);
    }

    test("one purchase through client-side navigation and a Server Action's redirect is one click and one order", async () => {
      const documents: string[] = [];
      page.on("request", (request) => {
        if (request.resourceType() === "document") documents.push(new URL(request.url()).pathname);
      });
      await page.goto(landingWith(avad));
      const orderNumber = await buy(page);
      expect(documents).toEqual(["/"]);
      await expectOnePurchase(orderNumber);
      await page.reload();
      await page.goBack();
      await page.goForward();
      await page.waitForLoadState("networkidle");
      await expectOnePurchase(orderNumber);
    });

    test("through full page loads, without scripts, it is the same", async () => {
      await context.close();
      context = await browser.newContext({
        baseURL: shop.url,
        javaScriptEnabled: false,
        extraHTTPHeaders: { "X-Forwarded-For": "6.6.6.6, 203.0.113.7" },
      });
      page = await context.newPage();
      await page.goto(landingWith(avad));
      const orderNumber = await buy(page);
      await page.reload();
      await page.goBack();
      await page.goForward();
      await expectOnePurchase(orderNumber);
    });

    test("a link that is only prefetched is no click, by Next or by the browser", async () => {
      await page.goto("/");
      const prefetched = page.waitForRequest(
        (request) => request.url().includes(avad) && request.url().includes("_rsc"),
      );
      await page.evaluate((url) => {
        const { next } = window as unknown as { next: { router: { prefetch(url: string): void } } };
        next.router.prefetch(url);
        const rules = document.createElement("script");
        rules.type = "speculationrules";
        rules.text = JSON.stringify({ prefetch: [{ urls: [`${url}&by=browser`] }] });
        document.head.append(rules);
      }, landingWith(avad));
      await prefetched;
      await page.waitForLoadState("networkidle");
      await flushed();
      expect((await sandbox).requests).toHaveLength(0);
      expect((await context.cookies()).map(({ name }) => name)).not.toContain("avad");
    });

    test("a <Link> with a token loads no page: its click comes with the next request from where it led", async () => {
      // Only what the shopper does: neither the layout's own fetch nor a prefetch.
      await page.route("**/cart/count", (route) => route.abort());
      await page.route(/_rsc=/, (route) =>
        route.request().headers()["next-router-prefetch"] ? route.abort() : route.continue(),
      );
      const follow = (url: string) =>
        page.evaluate((to) => {
          const { next } = window as unknown as { next: { router: { push(url: string): void } } };
          next.router.push(to);
        }, url);
      await page.goto("/cart");
      await follow(landingWith(avad));
      await page.waitForURL(landingWith(avad));
      await flushed();
      expect((await sandbox).requests).toHaveLength(0);
      await follow("/products/hearth-mug");
      const [click] = await (await sandbox).waitForClicks(1, PATIENT);
      expect(sent(click, "current_url")).toBe(shop.url + landingWith(avad));
    });

    test("a landing that is prerendered is a click once the shopper is really there", async () => {
      const shopper = await openUnattended(
        executable ?? "",
        shop.url,
        "/cart",
        `(${prerenderAndBuy})(${JSON.stringify(landingWith(avad))})`,
      );
      try {
        // The page that nobody sees runs, fetches and prefetches as any other.
        expect(await shopper.says()).toBe("prerendered");
        await flushed();
        expect((await sandbox).requests).toHaveLength(0);
        shopper.goOn();
        expect(await shopper.says()).toBe("there");
        const orderNumber = await shopper.says();
        const [click] = await (await sandbox).waitForClicks(1, PATIENT);
        const [order] = await (await sandbox).waitForOrders(1, PATIENT);
        expect(sent(click, "current_url")).toBe(shopper.url + landingWith(avad));
        expect(sent(order, "order.order_number")).toBe(orderNumber);
        expect(order?.click).toBe(click?.id);
        expect((await sandbox).requests).toHaveLength(2);
      } finally {
        await shopper.close();
      }
    });

    /** Waits until the shop has answered whatever it was asked before. */
    async function flushed(): Promise<void> {
      await context.request.get("/cart/count");
    }
  },
);

/** What the unattended shopper does; it runs in the pages themselves. */
async function prerenderAndBuy(landing: string): Promise<void> {
  const say = (what: string | null | undefined) => fetch(`/hands/say/${encodeURIComponent(what ?? "")}`);
  const found = (selector: string) =>
    new Promise<HTMLElement>((resolve) => {
      const look = () => {
        const element = document.querySelector<HTMLElement>(selector);
        if (element) resolve(element);
        return element;
      };
      if (look()) return;
      const observer = new MutationObserver(() => {
        if (look()) observer.disconnect();
      });
      observer.observe(document, { childList: true, subtree: true });
    });

  if (location.pathname === "/cart") {
    const rules = document.createElement("script");
    rules.type = "speculationrules";
    rules.text = JSON.stringify({ prerender: [{ urls: [landing] }] });
    document.head.append(rules);
    await fetch("/hands/wait");
    location.href = landing;
  } else if (Reflect.get(document, "prerendering") === true) {
    document.addEventListener("prerenderingchange", async () => {
      await say("there");
      (await found('a[href="/products/hearth-mug"]')).click();
      (await found('form[name="add-to-cart"] button')).click();
      (await found('a[href="/checkout"]')).click();
      const form = await found('form[name="checkout"]');
      const typed = {
        email: "sam.shopper@example.com",
        name: "Sam Shopper",
        street: "12 Canyon Road",
        city: "Moab",
        state: "UT",
        postcode: "84532",
      };
      for (const [name, value] of Object.entries(typed)) {
        form.querySelector(`[name="${name}"]`)?.setAttribute("value", value);
      }
      form.querySelector("button")?.click();
      await say((await found('[data-order="number"]')).textContent);
    });
    // Once its own scripts have run: they look how much is in the cart.
    addEventListener("load", () => void say("prerendered"));
  }
}
