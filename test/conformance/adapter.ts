import { type Sandbox, startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  Browser,
  followRedirects,
  type RawAnswer,
  type SuiteShop,
  sent,
  shopsOwn,
  USER_AGENT,
  type Visit,
} from "./harness.ts";
import type { ShopSettings } from "./shop.ts";

/** What is known to be different on one framework, with the reason; the suite skips it by name. */
export interface KnownDifferences {
  /** The reason why the framework hides a token's encoding in the query. */
  readonly rewritesQuery?: string;
  /** Why a query that cannot be decoded never reaches the shop. */
  readonly refusesQuery?: string;
  /** Why the server frames the same body in another way. */
  readonly framing?: string;
}

const sandbox = await startSandbox();
const LANDING = "?avad=77_f3afbe121&gclid=Cj0K&color=red";
/** The part of it that may be sent. */
const SENT_LANDING = "?avad=77_f3afbe121&gclid=Cj0K";
const PROXIED = {
  host: "10.0.0.5:3000",
  "x-forwarded-for": "6.6.6.6, 203.0.113.7",
  "x-forwarded-host": "shop.example",
  "x-forwarded-proto": "https",
};

// A machine with much to do is no fault of an adapter's.
const PATIENT = { timeoutMs: 15_000 };

let lastNumber = 0;
/** Every test has its own order, since a shop remembers those it has seen. */
const aNumber = () => `S-${++lastNumber}`;

/**
 * What every adapter promises, asked over HTTP of a shop that runs on its framework. An adapter joins by opening
 * such a shop.
 */
export function testAdapter(
  name: string,
  open: (settings: ShopSettings) => Promise<SuiteShop>,
  known: KnownDifferences = {},
): void {
  /** Opens one shop for a group of tests. */
  function shopFor(settings: Partial<ShopSettings> = {}): {
    shop: () => SuiteShop;
    browser: typeof aBrowser;
  } {
    let shop: SuiteShop | undefined;
    const running = (): SuiteShop => {
      if (!shop) throw new Error("The shop is not open.");
      return shop;
    };
    const aBrowser = (headers?: Record<string, string>) => new Browser(running(), headers);
    beforeAll(async () => {
      shop = await open({ endpoint: sandbox.url, ...settings });
    });
    afterEach(async () => {
      sandbox.fail(null);
      await settled(running());
      sandbox.reset();
    });
    afterAll(() => shop?.close());
    return { shop: running, browser: aBrowser };
  }

  /** The shop's own part of an answer, without the framing that the server chooses. */
  function ownPart(answer: RawAnswer) {
    const { headers, ...rest } = shopsOwn(answer);
    const { "content-length": _length, "transfer-encoding": _encoding, ...own } = headers;
    return { ...rest, headers: known.framing ? own : headers };
  }

  afterAll(() => sandbox.reset());

  describe(`${name}: a landing`, () => {
    const { shop, browser } = shopFor();

    test("keeps token, new visitor and gclid in first-party cookies, and is one click with the same", async () => {
      const shopper = browser({ ...PROXIED, referer: "https://blog.example/tents?email=jane%40doe.com" });
      const landing = await shopper.visit("home", LANDING);
      expect(landing.status).toBe(200);
      expect(landing.headers["cache-control"]).toBe("private, no-store");
      expect(landing.setCookies).toHaveLength(3);
      for (const line of landing.setCookies) {
        expect(line).toMatch(
          /^avad(?:_visitor|_gclid)?=[^;]+; Max-Age=31536000; Path=\/; HttpOnly; Secure; SameSite=Lax$/i,
        );
      }
      const [click] = await sandbox.waitForClicks(1, PATIENT);
      expect(click?.findings.filter(({ severity }) => severity !== "info")).toEqual([]);
      expect(click?.body).toMatchObject({
        tracking_ids: {
          user_id: [],
          visitor_id: [shopper.cookies.get("avad_visitor")],
          avantlink_avad: "77_f3afbe121",
        },
        current_url: `https://shop.example${shop().path("home")}${SENT_LANDING}`,
        referrer_url: "https://blog.example/tents",
        user_agent: USER_AGENT,
        user_ip_address: "203.0.113.7",
        google_click_id: "Cj0K",
      });
    });

    test("on a plain http site sets cookies that such a site can keep", async () => {
      const { setCookies } = await browser().visit("home", LANDING);
      expect(setCookies).toHaveLength(3);
      expect(setCookies.join()).not.toMatch(/secure/i);
    });

    test("with the token that is kept already is none; a newer token takes its place beside the same visitor", async () => {
      const shopper = browser();
      await shopper.visit("home", "?avad=first");
      const visitor = shopper.cookies.get("avad_visitor");
      expect((await shopper.visit("home", "?avad=first")).setCookies).toEqual([]);
      const { setCookies } = await shopper.visit("home", "?avad=second");
      expect(setCookies.map((line) => line.split("=", 1)[0])).toEqual(["avad"]);
      const clicks = await sandbox.waitForClicks(2, PATIENT);
      await settled(shop());
      expect(sandbox.clicks).toHaveLength(2);
      expect(clicks.map((click) => sent(click, "tracking_ids.visitor_id"))).toEqual([[visitor], [visitor]]);
    });

    test("gives each of two shoppers an ID of their own", async () => {
      const shoppers = [browser(), browser()];
      await Promise.all(shoppers.map((shopper) => shopper.visit("home", LANDING)));
      const [one, other] = shoppers.map(({ cookies }) => cookies.get("avad_visitor"));
      expect(one).toMatch(/^[0-9a-f-]{36}$/);
      expect(one).not.toBe(other);
    });

    test.each<[string, Visit]>([
      ["a HEAD request", { method: "HEAD" }],
      ["a form post", { method: "POST" }],
      ["a prefetch", { headers: { "sec-purpose": "prefetch" } }],
      ["a prerender", { headers: { "sec-purpose": "prefetch;prerender" } }],
      ["an older browser's prefetch", { headers: { purpose: "prefetch" } }],
      [
        "a script's fetch",
        { headers: { "sec-fetch-dest": "empty", "sec-fetch-mode": "cors", accept: "*/*" } },
      ],
      ["an image", { headers: { "sec-fetch-dest": "image", "sec-fetch-mode": "no-cors" } }],
      ["a frame", { headers: { "sec-fetch-dest": "iframe" } }],
      ["a crawler", { headers: { "user-agent": "Googlebot/2.1 (+http://www.google.com/bot.html)" } }],
      ["a link preview", { headers: { "user-agent": "WhatsApp/2.23.20.0" } }],
      ["a command line's request", { headers: { "user-agent": "curl/8.5.0" } }],
      [
        "an image of another site on plain http",
        { headers: { accept: "image/avif,*/*", "sec-fetch-dest": "", "sec-fetch-mode": "" } },
      ],
    ])("is not %s", async (_, visit) => {
      const plain = await browser().visit("home", "", visit);
      const answer = await browser().visit("home", LANDING, visit);
      expect(ownPart(answer)).toEqual(ownPart(plain));
      await settled(shop());
      expect(sandbox.requests).toHaveLength(0);
    });

    test("is a plain navigation of a client that sends no Sec-Fetch headers", async () => {
      const bare = { "sec-fetch-dest": "", "sec-fetch-mode": "" };
      expect((await browser(bare).visit("home", LANDING)).setCookies).toHaveLength(3);
    });

    for (const [raw, token, difference] of [
      ["77_f3%2B%2F%3D%25%22%C3%BC", '77_f3+/=%"ü'],
      ["a+b", "a+b"],
      ["one&avad=two", "two"],
      ["one&avad=", "one"],
      ["%ZZ", "%ZZ", known.refusesQuery],
      ["a%2520b", "a%20b"],
      ["a%20b", "a b", known.rewritesQuery],
    ] as const) {
      const title = `with avad=${raw} carries the token ${token} on, unchanged`;
      test.skipIf(difference)(difference ? `${title} (${difference})` : title, async () => {
        const shopper = browser();
        await shopper.visit("home", `?avad=${raw}`);
        await shopper.visit("thank-you", `?order=${aNumber()}`);
        const [click] = await sandbox.waitForClicks(1, PATIENT);
        const [order] = await sandbox.waitForOrders(1, PATIENT);
        expect(sent(click, "tracking_ids.avantlink_avad")).toBe(token);
        expect(sent(order, "tracking_ids.avantlink_avad")).toBe(token);
      });
    }

    test("is nothing without a token", async () => {
      const { setCookies, headers } = await browser().visit("home", "?gclid=Cj0K&avad=");
      expect(setCookies).toEqual([]);
      expect(headers["cache-control"]).not.toMatch(/no-store/);
      await settled(shop());
      expect(sandbox.requests).toHaveLength(0);
    });
  });

  /** Follows a landing's redirect to an origin, and expects one click: of the first landing, or of the second. */
  async function expectOneClick(shop: SuiteShop, origin: string, counted: 0 | 1): Promise<void> {
    const second = `${origin || "https://shop.example"}${shop.path("home")}?avad=77_f3`;
    const first = `https://shop.example${shop.path("plain")}?avad=77_f3`;
    const to = encodeURIComponent(origin === "" ? `${shop.path("home")}?avad=77_f3` : second);
    const visits = await followRedirects(shop, `${first}&answer=302&to=${to}`);
    expect(visits.map(({ address }) => address)).toEqual([`${first}&answer=302&to=${to}`, second]);
    const [click] = await sandbox.waitForClicks(1, PATIENT);
    await settled(shop);
    expect(sandbox.clicks).toHaveLength(1);
    expect(sent(click, "current_url")).toBe([first, second][counted]);
    const visitor = `avad_visitor=${sent(click, "tracking_ids.visitor_id.0")}`;
    expect(visits[1]?.cookie).toEqual(counted === 0 ? expect.stringContaining(visitor) : "");
  }

  describe(`${name}: a landing that is redirected with its token`, () => {
    const { shop } = shopFor();

    test.each<[string, string, 0 | 1]>([
      ["to a path of its host", "", 0],
      ["to an address of its host", "https://shop.example", 0],
      ["to another host", "https://www.shop.example", 1],
    ])("%s is one click", (_, origin, counted) => expectOneClick(shop(), origin, counted));
  });

  describe(`${name}: with a cookie domain`, () => {
    const { shop } = shopFor({ cookieDomain: "shop.example" });

    test("a landing that is redirected to another host of the domain is one click", () =>
      expectOneClick(shop(), "https://www.shop.example", 0));
  });

  describe(`${name}: an order`, () => {
    const { shop, browser } = shopFor();

    test("is sent once with the click's IDs and the shopper's own context, however often the page is shown", async () => {
      const orderNumber = aNumber();
      const shopper = browser(PROXIED);
      await shopper.visit("home", LANDING);
      const [click] = await sandbox.waitForClicks(1, PATIENT);
      const thanks = { headers: { referer: "https://shop.example/checkout?step=2&email=jane%40doe.com" } };
      for (const _ of [1, 2, 3]) await shopper.visit("thank-you", `?order=${orderNumber}`, thanks);
      const [order] = await sandbox.waitForOrders(1, PATIENT);
      await settled(shop());
      expect(sandbox.orders).toHaveLength(1);
      expect(order?.findings.filter(({ severity }) => severity !== "info")).toEqual([]);
      expect(order?.click).toBe(click?.id);
      expect(order?.body).toMatchObject({
        tracking_ids: { visitor_id: [shopper.cookies.get("avad_visitor")], avantlink_avad: "77_f3afbe121" },
        current_url: `https://shop.example${shop().path("thank-you")}`,
        referrer_url: "https://shop.example/checkout",
        user_agent: USER_AGENT,
        user_ip_address: "203.0.113.7",
        google_click_id: "Cj0K",
        order: { order_number: orderNumber, order_amount_subtotal: 249.95 },
      });
    });

    test("is sent without any click, under a fresh visitor ID and without a cookie", async () => {
      const answer = await browser().visit("thank-you", `?order=${aNumber()}`);
      const [order] = await sandbox.waitForOrders(1, PATIENT);
      expect(answer.setCookies).toEqual([]);
      expect(sent(order, "tracking_ids.visitor_id")).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    });

    test("is one when a hundred confirmations come at once", async () => {
      const orderNumber = aNumber();
      const { accepted } = await settled(shop());
      const visits = Array.from({ length: 100 }, () => browser().visit("thank-you", `?order=${orderNumber}`));
      expect((await Promise.all(visits)).every(({ status }) => status === 200)).toBe(true);
      expect((await settled(shop())).accepted).toBe(Number(accepted) + 1);
      expect(new Set(sandbox.orders.map(({ raw }) => raw)).size).toBe(1);
    });

    test.each(["200", "201", "204", "304"])("is confirmed by the answer %s", async (answer) => {
      const orderNumber = aNumber();
      await browser().visit("thank-you", `?order=${orderNumber}&answer=${answer}`);
      const [order] = await sandbox.waitForOrders(1, PATIENT);
      expect(sent(order, "order.order_number")).toBe(orderNumber);
    });

    test.each(["302", "404", "500", "throw"])("is not confirmed by the answer %s", async (answer) => {
      const query = `?order=${aNumber()}&answer=${answer}`;
      const plain = await browser().visit("plain", query);
      expect(ownPart(await browser().visit("thank-you", query))).toEqual(ownPart(plain));
      await settled(shop());
      expect(sandbox.requests).toHaveLength(0);
    });

    test("is not confirmed by a HEAD request", async () => {
      await browser().visit("thank-you", `?order=${aNumber()}`, { method: "HEAD" });
      await shop().eventThat(({ kind, reason }) => kind === "order" && reason === "head");
      await settled(shop());
      expect(sandbox.requests).toHaveLength(0);
    });

    test("may be found in what was posted, which the page reads too", async () => {
      const orderNumber = aNumber();
      const visit = { method: "POST", body: orderNumber, headers: { "content-type": "text/plain" } };
      const { body } = await browser().visit("thank-you", "", visit);
      const [order] = await sandbox.waitForOrders(1, PATIENT);
      expect(body.toString()).toContain(orderNumber);
      expect(sent(order, "order.order_number")).toBe(orderNumber);
    });

    test.each([
      ["none", undefined],
      ["throw", "hook.threw"],
      ["reject", "hook.threw"],
      ["invalid", "order.invalid"],
    ])("that fails (%s) leaves the page as it is, and is reported", async (resolve, code) => {
      const query = `?order=${aNumber()}&resolve=${resolve}`;
      const plain = await browser().visit("plain", query);
      const answer = await browser().visit("thank-you", query);
      expect(ownPart(answer)).toEqual(ownPart(plain));
      if (code) await shop().eventThat((event) => event.code === code);
      await settled(shop());
      expect(sandbox.requests).toHaveLength(0);
    });

    test.each([
      ["answers 500", { status: 500 }],
      ["answers 403", { status: 403 }],
      ["answers a web page", { html: true }],
      ["answers success: false", { success: false }],
      ["redirects", { redirect: "/elsewhere" }],
      ["breaks off", { reset: true }],
      ["hangs", { hang: true }],
    ] as const)("reaches AvantLink later when it %s now, and the page is the same", async (_, fault) => {
      const query = `?order=${aNumber()}`;
      const plain = await browser().visit("plain", query);
      const recover = sandbox.fail(fault);
      const answer = await browser().visit("thank-you", query);
      expect(ownPart(answer)).toEqual(ownPart(plain));
      const [first] = await sandbox.waitForRequests(1, { ...PATIENT, where: ({ raw }) => raw !== "" });
      recover();
      const [order] = await sandbox.waitForOrders(1, PATIENT);
      expect(order?.raw).toBe(first?.raw);
    });

    test.each([
      ["a token twice", "avad=old; avad=new; avad_visitor=v1", "new"],
      ["undecodable bytes", "avad=%FF%FE; x=%", undefined],
      ["names of the language's own", "__proto__=1; constructor=2; avad=77_f3", "77_f3"],
      ["a great many", `${"junk=0123456789; ".repeat(400)}avad=77_f3`, "77_f3"],
      ["an endless one", `avad=${"x".repeat(7_000)}`, undefined],
    ])("survives cookies with %s", async (_, cookie, token) => {
      const { status } = await browser().visit("thank-you", `?order=${aNumber()}`, { headers: { cookie } });
      const [order] = await sandbox.waitForOrders(1, PATIENT);
      expect(status).toBe(200);
      if (token) expect(sent(order, "tracking_ids.avantlink_avad")).toBe(token);
      expect(order?.raw.length).toBeLessThan(4_000);
    });
  });

  describe(`${name}: an order tracked by a call`, () => {
    const { shop, browser } = shopFor();

    test("gives a receipt, and for the same number a duplicate's", async () => {
      const query = `?order=${aNumber()}`;
      expect(await browser().json("track", query)).toMatchObject({ status: "accepted" });
      await sandbox.waitForOrders(1, PATIENT);
      expect(await browser().json("track", `${query}&wait=3000`)).toMatchObject({
        status: "duplicate",
        state: "delivered",
      });
      expect(sandbox.requests).toHaveLength(1);
    });

    test("is delivered when the call waits for it", async () => {
      const receipt = await browser().json("track", `?order=${aNumber()}&wait=3000`);
      expect(receipt).toMatchObject({ status: "delivered" });
    });

    test("is one with the same order of the page", async () => {
      const query = `?order=${aNumber()}`;
      await browser().visit("thank-you", query);
      await sandbox.waitForOrders(1, PATIENT);
      expect(await browser().json("track", query)).toMatchObject({ status: "duplicate" });
    });

    test("is rejected with what is wrong about it, and nothing is thrown", async () => {
      const receipt = await browser().json("track", `?order=${aNumber()}&resolve=invalid`);
      expect(receipt).toMatchObject({ status: "rejected", code: "order.invalid" });
    });

    test("carries the shopper from the checkout to the payment's webhook, and nothing of the webhook's own", async () => {
      const shopper = browser(PROXIED);
      await shopper.visit("home", LANDING);
      const packed = await shopper.json("context", "", { headers: { referer: "https://shop.example/cart" } });
      expect(Object.keys(packed).every((key) => key.startsWith("avantlink_"))).toBe(true);
      const provider = new Browser(shop(), { "user-agent": "Stripe/1.0", "x-forwarded-for": "198.51.100.9" });
      const orderNumber = aNumber();
      const receipt = await provider.json("webhook", "", {
        method: "POST",
        headers: { "content-type": "application/json", "sec-fetch-dest": "", "sec-fetch-mode": "" },
        body: JSON.stringify({ orderNumber, metadata: packed }),
      });
      expect(receipt).toMatchObject({ status: "delivered" });
      const [click] = await sandbox.waitForClicks(1, PATIENT);
      expect(sandbox.orders[0]?.click).toBe(click?.id);
      expect(sandbox.orders[0]?.body).toMatchObject({
        current_url: `https://shop.example${shop().path("context")}`,
        referrer_url: "https://shop.example/cart",
        user_agent: USER_AGENT,
        user_ip_address: "203.0.113.7",
      });
      expect(sandbox.orders[0]?.raw).not.toMatch(/Stripe|198\.51/);
    });
  });

  describe(`${name}: a shopper who denied tracking`, () => {
    const { shop, browser } = shopFor({ asksConsent: true });
    const refusing = { cookie: "consent=no; avad=77_f3; avad_visitor=v1" };

    test("makes a landing nothing, and forgets what was kept", async () => {
      const { setCookies } = await browser().visit("home", LANDING, { headers: refusing });
      expect(setCookies.map((line) => line.split(";", 1)[0])).toEqual(["avad=", "avad_visitor="]);
      expect(setCookies.every((line) => /Max-Age=0/i.test(line))).toBe(true);
      await settled(shop());
      expect(sandbox.requests).toHaveLength(0);
    });

    test("skips the order, and says why", async () => {
      const query = `?order=${aNumber()}`;
      await browser().visit("thank-you", query, { headers: refusing });
      expect(await browser().json("track", query, { headers: refusing })).toMatchObject({
        status: "skipped",
        reason: "consent",
      });
      expect(await browser().json("context", "", { headers: refusing })).not.toHaveProperty("avantlink_avad");
      await shop().eventThat(({ type, reason }) => type === "skipped" && reason === "consent");
      await settled(shop());
      expect(sandbox.requests).toHaveLength(0);
    });

    test("is also a consent hook that throws, and the error is reported", async () => {
      const headers = { cookie: "consent=throw" };
      expect((await browser().visit("home", LANDING, { headers })).setCookies).toEqual([]);
      await browser().visit("thank-you", `?order=${aNumber()}`, { headers });
      await shop().eventThat(({ code }) => code === "hook.threw");
      await settled(shop());
      expect(sandbox.requests).toHaveLength(0);
    });

    test("is also the browser's privacy signal", async () => {
      const headers = { "sec-gpc": "1", cookie: "consent=yes" };
      expect((await browser().visit("home", LANDING, { headers })).setCookies).toEqual([]);
      const receipt = await browser().json("track", `?order=${aNumber()}`, { headers });
      expect(receipt).toMatchObject({ status: "skipped", reason: "privacy-signal" });
      expect(sandbox.requests).toHaveLength(0);
    });

    test("ends with consent: the landing that it is given on counts from the next page on", async () => {
      const shopper = browser({ "x-forwarded-proto": "https", host: "shop.example" });
      await shopper.visit("home", LANDING);
      shopper.cookies.set("consent", "yes");
      const referer = `https://shop.example${shop().path("home")}${LANDING}`;
      const next = await shopper.visit("home", "", { headers: { referer } });
      expect(next.setCookies.map((line) => line.split("=", 1)[0])).toContain("avad");
      await shopper.visit("thank-you", `?order=${aNumber()}`);
      const [click] = await sandbox.waitForClicks(1, PATIENT);
      const [order] = await sandbox.waitForOrders(1, PATIENT);
      expect(sent(click, "current_url")).toBe(`https://shop.example${shop().path("home")}${SENT_LANDING}`);
      expect(order?.click).toBe(click?.id);
    });

    test("ends with consent that is given in a form on the landing itself", async () => {
      const shopper = browser({ "x-forwarded-proto": "https", host: "shop.example" });
      // Of a token of its own: this browser was counted with the other a moment ago.
      const landing = "?avad=77_form";
      await shopper.visit("home", landing);
      shopper.cookies.set("consent", "yes");
      const referer = `https://shop.example${shop().path("home")}${landing}`;
      const posted = await shopper.visit("home", landing, { method: "POST", headers: { referer } });
      expect(posted.setCookies.map((line) => line.split("=", 1)[0])).toContain("avad");
      const [click] = await sandbox.waitForClicks(1, PATIENT);
      expect(sent(click, "tracking_ids.visitor_id")).toEqual([shopper.cookies.get("avad_visitor")]);
    });
  });

  describe(`${name}: without a trusted proxy`, () => {
    const { browser } = shopFor({ trustedProxies: 0 });

    test("what a client claims of its address and host is not believed", async () => {
      await browser({ ...PROXIED, host: "shop.example", "x-forwarded-host": "evil.example" }).visit(
        "thank-you",
        `?order=${aNumber()}`,
      );
      const [order] = await sandbox.waitForOrders(1, PATIENT);
      expect(order?.raw).not.toMatch(/6\.6\.6\.6|203\.0\.113|evil/);
      expect(sent(order, "current_url")).toMatch(/^https?:\/\/shop\.example\//);
    });
  });

  describe(`${name}: with siteUrl`, () => {
    const { shop, browser } = shopFor({ siteUrl: "https://www.shop.example" });

    test("the public address is that, whatever the request says", async () => {
      const shopper = browser({ host: "10.0.0.5:3000", "x-forwarded-host": "else.example" });
      const { setCookies } = await shopper.visit("home", LANDING);
      expect(setCookies.every((line) => /;\s*Secure/i.test(line))).toBe(true);
      await shopper.visit("thank-you", `?order=${aNumber()}`);
      const [click] = await sandbox.waitForClicks(1, PATIENT);
      const [order] = await sandbox.waitForOrders(1, PATIENT);
      expect(sent(click, "current_url")).toBe(
        `https://www.shop.example${shop().path("home")}${SENT_LANDING}`,
      );
      expect(sent(order, "current_url")).toMatch(/^https:\/\/www\.shop\.example\//);
    });
  });

  describe(`${name}: while AvantLink cannot be reached`, () => {
    test("the page is the same, and the order arrives when it can be reached again", async () => {
      const gone = await startSandbox();
      await gone.close();
      const shop = await open({ endpoint: gone.url });
      let back: Sandbox | undefined;
      try {
        const query = `?order=${aNumber()}`;
        const plain = await new Browser(shop).visit("plain", query);
        const answer = await new Browser(shop).visit("thank-you", query);
        expect(ownPart(answer)).toEqual(ownPart(plain));
        await shop.eventThat(({ type }) => type === "retrying");
        back = await startSandbox({ port: Number(new URL(gone.url).port) });
        const [order] = await back.waitForOrders(1, PATIENT);
        expect(sent(order, "order.order_number")).toMatch(/^S-/);
      } finally {
        await shop.close();
        await back?.close();
      }
    });
  });
}

/** Waits until a shop has nothing on its way any more, and gives what stands where. */
function settled(shop: SuiteShop): Promise<Record<string, unknown>> {
  return new Browser(shop).json("flush");
}
