import { describe, expect, test } from "vitest";
import { type LandingTools, landsAgain, readLanding } from "../../../packages/core/src/context/landing.ts";
import { type ContextSettings, readRequest } from "../../../packages/core/src/context/read-request.ts";
import { RecentKeys } from "../../../packages/core/src/recent-keys.ts";
import { contextSettings, NO_REPORTS, rawRequest } from "../../support/requests.ts";

const tools: LandingTools = {
  ...NO_REPORTS,
  newVisitorId: () => "new-visitor",
  get counted() {
    return new RecentKeys(1);
  },
};
const BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

const visit = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  rawRequest(path, { accept: "text/html", "user-agent": BROWSER, ...headers }, { method });
const settings = contextSettings();

const landing = (
  path: string,
  headers?: Record<string, string>,
  method?: string,
  changes?: Partial<ContextSettings>,
) => readLanding(visit(path, headers, method), { ...settings, ...changes }, tools);
const names = (lines: readonly string[]) => lines.map((line) => line.split("=", 1)[0]);

describe("a landing", () => {
  test("keeps token, new visitor and gclid in cookies, and is a click with the same", () => {
    const { setCookies, click } = landing("/p/1?avad=77_f3&gclid=Cj0&email=a@b.co", {
      "user-agent": BROWSER,
      referer: "https://blog.example/post",
    });
    expect(setCookies).toEqual([
      "avad=77_f3; Max-Age=31536000; Path=/; HttpOnly; Secure; SameSite=Lax",
      "avad_visitor=new-visitor; Max-Age=31536000; Path=/; HttpOnly; Secure; SameSite=Lax",
      "avad_gclid=Cj0; Max-Age=31536000; Path=/; HttpOnly; Secure; SameSite=Lax",
    ]);
    expect(click).toEqual({
      currentUrl: "https://shop.example/p/1?avad=77_f3&gclid=Cj0",
      referrerUrl: "https://blog.example/post",
      userAgent: BROWSER,
      ipAddress: "203.0.113.7",
      avad: "77_f3",
      visitorIds: ["new-visitor"],
      googleClickId: "Cj0",
    });
    expect(Object.isFrozen(click)).toBe(true);
  });

  test("of a visitor who is known keeps the visitor and overwrites the token", () => {
    const { setCookies, click } = landing("/?avad=new", {
      cookie: "avad=old; avad_visitor=v1; avad_gclid=g1",
    });
    expect(names(setCookies)).toEqual(["avad"]);
    expect(click).toMatchObject({ avad: "new", visitorIds: ["v1"], googleClickId: "g1" });
  });

  test("with the token that is stored already is no click and sets nothing", () => {
    expect(landing("/?avad=77_f3", { cookie: "avad=77_f3; avad_visitor=v1" })).toEqual({ setCookies: [] });
  });

  test("on a plain http site sets cookies that such a site can keep", () => {
    const request = { ...visit("/?avad=1"), origin: () => "http://localhost:3000" };
    expect(readLanding(request, settings, tools).setCookies[0]).not.toContain("Secure");
  });

  test.each<[string, Record<string, string>, string?]>([
    ["a HEAD request", {}, "HEAD"],
    ["a form post", {}, "POST"],
    ["a prefetch", { "sec-purpose": "prefetch" }],
    ["a prerender", { "sec-purpose": "prefetch;prerender" }],
    ["an older prefetch", { purpose: "prefetch" }],
    ["Firefox's prefetch", { "x-moz": "prefetch" }],
    ["a preview of Facebook's app, which looks like a visit otherwise", { "x-purpose": "preview" }],
    ["a router's prefetch", { "next-router-prefetch": "1" }],
    ["a script's fetch", { "sec-fetch-dest": "empty", "sec-fetch-mode": "cors" }],
    ["an image", { "sec-fetch-dest": "image", "sec-fetch-mode": "no-cors" }],
    ["a frame", { "sec-fetch-dest": "iframe", "sec-fetch-mode": "navigate" }],
    ["a page's data", { "x-nextjs-data": "1" }],
    ["a page's own fetch on plain http", { accept: "*/*", referer: "https://shop.example/" }],
    ["an image on another site's page, on plain http", { accept: "image/avif,*/*" }],
    ["a client that asks for no page", { accept: "*/*" }],
  ])("is not %s", (_, headers, method) => {
    expect(landing("/?avad=1", headers, method)).toEqual({ setCookies: [], skipped: "not-a-visit" });
  });

  test.each([
    [{ "sec-fetch-dest": "document", "sec-fetch-mode": "navigate" }],
    [{}],
    [{ accept: "text/html", referer: "https://shop.example/" }],
    [{ accept: "text/html,*/*;q=0.8", referer: "https://blog.example/" }],
  ])("is a browser opening a page: %j", (headers) => {
    expect(landing("/?avad=1", headers).click).toBeDefined();
  });

  test("without a token is nothing at all, whatever else is there", () => {
    expect(landing("/?gclid=1", { cookie: "avad=1" })).toEqual({ setCookies: [] });
  });

  test("with a token longer than 256 bytes sets no cookie and says so", () => {
    expect(landing(`/?avad=${"%C3%BC".repeat(1000)}`)).toEqual({ setCookies: [], skipped: "token-too-long" });
  });
});

describe("the page after an uncounted landing", () => {
  const referer = "https://shop.example/p/1?avad=77_f3&gclid=g1";

  test("counts as that landing", () => {
    const { setCookies, click } = landing("/cart", { referer });
    expect(names(setCookies)).toEqual(["avad", "avad_visitor", "avad_gclid"]);
    expect(click).toMatchObject({ avad: "77_f3", currentUrl: referer, googleClickId: "g1" });
    expect(click).not.toHaveProperty("referrerUrl");
  });

  test("may be its own, where a form on it is posted to its address", () => {
    const { setCookies, click } = landing("/p/1?avad=77_f3&gclid=g1", { referer }, "POST");
    expect(names(setCookies)).toEqual(["avad", "avad_visitor", "avad_gclid"]);
    expect(click).toMatchObject({ avad: "77_f3", currentUrl: referer });
    expect(landing("/p/1?avad=77_f3", { referer: "https://other.example/?avad=77_f3" }, "POST")).toEqual({
      setCookies: [],
      skipped: "not-a-visit",
    });
  });

  test.each<[string, Record<string, string>, string?]>([
    ["its images", { "sec-fetch-dest": "image" }],
    ["its images on a plain http site", { accept: "image/avif,*/*" }],
    ["a prefetch from it", { "sec-purpose": "prefetch", "sec-fetch-dest": "document" }],
    ["a HEAD request", {}, "HEAD"],
  ])("is not %s", (_, headers, method) => {
    expect(landing("/cart", { referer, ...headers }, method).setCookies).toEqual([]);
  });

  test("is none when the landing was counted", () => {
    expect(landing("/cart", { referer, cookie: "avad=77_f3" })).toEqual({ setCookies: [] });
  });

  test("of an older tab does not take the click away from a newer one, on whichever replica", () => {
    expect(landing("/cart", { referer, cookie: "avad=newer; avad_visitor=v1" })).toEqual({ setCookies: [] });
  });

  test("is no click again for a browser that keeps no cookies, but keeps the token for a shopper who looks the same", () => {
    const remembering = { ...tools, counted: new RecentKeys(1) };
    const again = () => readLanding(visit("/cart", { referer }), settings, remembering);
    expect(again().click).toMatchObject({ avad: "77_f3" });
    const { click, context, setCookies } = again();
    expect(click).toBeUndefined();
    // A request beside the first one must not give its shopper another ID than the click has.
    expect(names(setCookies)).toEqual(["avad", "avad_gclid"]);
    expect(context).toMatchObject({ avad: "77_f3", googleClickId: "g1" });
    expect(context).not.toHaveProperty("visitorIds");
  });

  test("on another site is none", () => {
    expect(landing("/cart", { referer: "https://other.example/?avad=1" })).toEqual({ setCookies: [] });
    expect(landing("/cart", { referer: "not a url?avad=1" })).toEqual({ setCookies: [] });
  });
});

describe("consent", () => {
  const cookie = "avad=old; avad_visitor=v1; session=s";
  const consent = ({ cookies }: { cookies: Readonly<Record<string, string>> }) => cookies.consent === "yes";

  test("that was denied means no click, and our cookies are forgotten", () => {
    const { setCookies, click, skipped } = landing("/?avad=1", { cookie }, "GET", { consent });
    expect(click).toBeUndefined();
    expect(skipped).toBe("consent");
    expect(setCookies).toEqual([
      "avad=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax",
      "avad_visitor=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax",
    ]);
    expect(
      readRequest(() => visit("/thanks", { cookie }), { ...settings, consent }, NO_REPORTS).context,
    ).toEqual({
      consent: "denied",
    });
  });

  test("that was given is kept with the context", () => {
    const request = visit("/thanks", { cookie: `${cookie}; consent=yes` });
    expect(readRequest(() => request, { ...settings, consent }, NO_REPORTS).context).toMatchObject({
      avad: "old",
      consent: "granted",
    });
  });

  test("that was withdrawn takes our cookies away with the next page, and with nothing else", () => {
    expect(landing("/", { cookie }, "GET", { consent }).setCookies).toHaveLength(2);
    expect(landing("/", { cookie, "sec-gpc": "1" }).setCookies).toHaveLength(2);
    expect(landing("/a.png", { cookie, "sec-fetch-dest": "image" }, "GET", { consent })).toEqual({
      setCookies: [],
    });
    expect(landing("/", { cookie: "session=s" }, "GET", { consent })).toEqual({ setCookies: [] });
    expect(landing("/", { cookie: `${cookie}; consent=yes` }, "GET", { consent })).toEqual({
      setCookies: [],
    });
  });

  test("hook that answers by a promise is reported, and its rejection kills nothing", async () => {
    const reported: unknown[] = [];
    const asynchronous = () => Promise.reject(new Error("boom")) as unknown as boolean;
    const withHook = { ...settings, consent: asynchronous };
    const { skipped } = readLanding(visit("/?avad=1"), withHook, {
      ...tools,
      hookThrew: (_, cause) => reported.push(cause),
    });
    expect(skipped).toBe("consent");
    expect(reported).toEqual([expect.objectContaining({ message: expect.stringContaining("at once") })]);
  });

  test("is denied by Sec-GPC, unless the option ignores it", () => {
    const headers = { "sec-gpc": "1", cookie };
    expect(landing("/?avad=1", headers).skipped).toBe("privacy-signal");
    expect(readRequest(() => visit("/thanks", headers), settings, NO_REPORTS).context).toEqual({ gpc: true });
    const ignoring = { ...settings, globalPrivacyControl: "ignore" } as const;
    expect(readRequest(() => visit("/thanks", headers), ignoring, NO_REPORTS).context).toMatchObject({
      avad: "old",
      gpc: true,
    });
  });

  test.each<[string, () => boolean]>([
    [
      "throws",
      () => {
        throw new Error("boom");
      },
    ],
    ["answers a promise", () => Promise.resolve(true) as unknown as boolean],
    ["answers nothing", () => undefined as unknown as boolean],
  ])("hook that %s denies", (_, hook) => {
    expect(landing("/?avad=1", {}, "GET", { consent: hook }).skipped).toBe("consent");
  });

  test("hook sees address, headers and cookies", () => {
    const seen: unknown[] = [];
    landing("/?avad=1", { cookie: "a=%20b; __proto__=x", "x-region": "eu" }, "GET", {
      consent: ({ url, headers, cookies }) => {
        seen.push(url, headers.get("X-Region"), cookies.a, Object.getPrototypeOf(cookies));
        return true;
      },
    });
    expect(seen).toEqual(["https://shop.example/?avad=1", "eu", " b", null]);
  });
});

describe("an answer that redirects a landing", () => {
  const WWW = "https://www.shop.example/?avad=77_f3";

  test.each([
    [301, WWW, true],
    [302, "//www.shop.example/de/?avad=77%5Ff3&color=red", true],
    [302, "http://shop.example/?avad=77_f3", true],
    [302, "/de/?avad=77_f3", false],
    [302, "https://shop.example/de/?avad=77_f3", false],
    [302, "https://shop.example:8443/?avad=77_f3", false],
    [302, "https://www.shop.example/", false],
    [302, "https://www.shop.example/?avad=other", false],
    [302, "https://[?avad=77_f3", false],
    [200, WWW, false],
    [302, undefined, false],
  ])("with %i to %s lands again without our cookies: %s", (status, location, expected) => {
    expect(landsAgain(landing("/?avad=77_f3"), status, location)).toBe(expected);
  });

  const under = (cookies: Partial<ContextSettings["cookies"]>) => ({
    cookies: { ...settings.cookies, ...cookies },
  });

  test("to a host of the cookies' domain takes the cookies along, and to any other does not", () => {
    const landed = landing("/?avad=77_f3", {}, "GET", under({ domain: "shop.example" }));
    expect(landsAgain(landed, 302, WWW)).toBe(false);
    expect(landsAgain(landed, 302, "https://shop.other/?avad=77_f3")).toBe(true);
  });

  test("takes no cookies along that are strict, after a link on another site", () => {
    const from = (site: string) =>
      landing("/?avad=77_f3", { "sec-fetch-site": site }, "GET", under({ sameSite: "strict" }));
    expect(landsAgain(from("cross-site"), 302, "/de/?avad=77_f3")).toBe(true);
    expect(landsAgain(from("none"), 302, "/de/?avad=77_f3")).toBe(false);
  });

  test.each([
    ["of the apex to the host of siteUrl", "https://shop.example", WWW, true],
    ["of the apex within itself", "https://shop.example", "/de/?avad=77_f3", false],
    ["behind a proxy that hides the host", "http://10.0.0.5:3000", WWW, false],
    ["behind such a proxy to another host", "http://10.0.0.5:3000", "https://shop.other/?avad=77_f3", true],
  ])("%s lands again as the browser sees it", (_, seen, location, expected) => {
    const request = { ...visit("/?avad=77_f3"), origin: () => seen };
    const site = { ...settings, siteUrl: "https://www.shop.example" };
    expect(landsAgain(readLanding(request, site, tools), 302, location)).toBe(expected);
  });

  test("from plain http lands again on another host of the cookies' domain too", () => {
    const request = { ...visit("/?avad=77_f3"), origin: () => "http://shop.example" };
    const site = { ...settings, siteUrl: "https://www.shop.example", ...under({ domain: "shop.example" }) };
    expect(landsAgain(readLanding(request, site, tools), 301, WWW)).toBe(true);
  });

  test("to itself does not land again behind a proxy that says that the browser came over https", () => {
    const request = visit("/?avad=77_f3", { "x-forwarded-proto": "https, http" });
    const site = { ...settings, siteUrl: "https://shop.example" };
    const landed = readLanding({ ...request, origin: () => "http://shop.example" }, site, tools);
    expect(landsAgain(landed, 302, "https://shop.example/?avad=77_f3")).toBe(false);
  });

  test.each([
    ["to itself over https, where a secure cookie of plain http did not get,", "/?avad=77_f3", true],
    ["to itself over https at another port", ":443/?avad=77_f3", true],
    ["to another path of that host", "/de/?avad=77_f3", false],
  ])("from plain http of an https site %s lands again: %s", (_, to, expected) => {
    const request = { ...visit("/?avad=77_f3"), origin: () => "http://shop.example" };
    const site = { ...settings, siteUrl: "https://shop.example" };
    expect(landsAgain(readLanding(request, site, tools), 301, `https://shop.example${to}`)).toBe(expected);
  });

  test("to the server's own address, which a proxy makes public again, takes the cookies along", () => {
    const request = { ...visit("/?avad=77_f3"), serverUrl: "http://localhost:3000/?avad=77_f3" };
    const landed = readLanding(request, settings, tools);
    expect(landsAgain(landed, 307, "http://localhost:3000/de/?avad=77_f3")).toBe(false);
  });
});

describe("under a cookie domain", () => {
  const domain = contextSettings({ cookies: { ...settings.cookies, domain: "shop.example" } });
  const api = (headers: Record<string, string>, host = "https://api.shop.example") =>
    rawRequest(
      "/landed",
      { "sec-fetch-dest": "empty", "user-agent": BROWSER, ...headers },
      { method: "POST", origin: () => host },
    );
  const referer = "https://www.shop.example/p/1?avad=77_f3";

  test("a page's own request to the shop's API saves the landing, which its Referer names", () => {
    const { setCookies, click } = readLanding(api({ referer, "sec-fetch-site": "same-site" }), domain, tools);
    expect(names(setCookies)).toEqual(["avad", "avad_visitor"]);
    expect(setCookies[0]).toContain("Domain=shop.example");
    expect(click).toMatchObject({ avad: "77_f3", currentUrl: referer });
  });

  test.each<[string, Record<string, string>, string?]>([
    ["another site's page", { referer: "https://evil.example/?avad=1", "sec-fetch-site": "cross-site" }],
    ["a request of another site that shows a Referer of ours", { referer, "sec-fetch-site": "cross-site" }],
    [
      "a name that only ends alike",
      { referer: "https://evilshop.example/?avad=1", "sec-fetch-site": "same-site" },
    ],
    ["a host outside the domain", { referer, "sec-fetch-site": "same-site" }, "https://api.other.example"],
  ])("%s plants no token", (_, headers, host) => {
    expect(readLanding(api(headers, host), domain, tools)).toEqual({ setCookies: [] });
  });

  test("without a cookie domain another host of the site is another site", () => {
    expect(readLanding(api({ referer, "sec-fetch-site": "same-site" }), settings, tools)).toEqual({
      setCookies: [],
    });
  });
});

test("a landing that waited for consent is found on another host than that of siteUrl", () => {
  const request = (site: string) =>
    rawRequest(
      "/next",
      { referer: `https://www.${site}/?avad=77_f3`, "sec-fetch-dest": "document", "user-agent": BROWSER },
      { origin: () => "https://www.shop.example" },
    );
  const site = { ...settings, siteUrl: "https://shop.example" };
  expect(readLanding(request("shop.example"), site, tools).click).toMatchObject({ avad: "77_f3" });
  expect(readRequest(() => request("shop.example"), site, tools).context.avad).toBe("77_f3");
  expect(readLanding(request("evil.example"), site, tools)).toEqual({ setCookies: [] });
});

test("a denial under a cookie domain also removes the cookies from before there was one", () => {
  const cookies = { ...settings.cookies, domain: "shop.example" };
  const denied = { ...settings, cookies, consent: () => false };
  const { setCookies } = readLanding(visit("/", { cookie: "avad=77_f3" }), denied, tools);
  expect(setCookies).toEqual([
    "avad=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax",
    "avad=; Max-Age=0; Domain=shop.example; Path=/; HttpOnly; Secure; SameSite=Lax",
  ]);
});
