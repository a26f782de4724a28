import { describe, expect, test } from "vitest";
import {
  type LandingTools,
  readContext,
  readLanding,
  type VisitorSettings,
} from "../../packages/core/src/context/landing.ts";
import type { ShopRequest } from "../../packages/core/src/context/request.ts";

const settings: VisitorSettings = {
  consent: undefined,
  globalPrivacyControl: "honor",
  ipAddress: "full",
  cookies: {
    names: { avad: "avad", visitor: "avad_visitor", gclid: "avad_gclid" },
    domain: undefined,
    days: 365,
    sameSite: "lax",
  },
};
const tools: LandingTools = {
  newVisitorId: () => "new-visitor",
  wasCounted: () => false,
  onHookThrow: () => {},
};

function visit(path: string, headers: Record<string, string> = {}, method = "GET"): ShopRequest {
  return {
    method,
    url: `https://shop.example${path}`,
    header: (name) => headers[name],
    headers: () => new Headers(headers),
    ipAddress: "203.0.113.7",
  };
}

const landing = (
  path: string,
  headers?: Record<string, string>,
  method?: string,
  changes?: Partial<VisitorSettings>,
) => readLanding(visit(path, headers, method), { ...settings, ...changes }, tools);
const names = (lines: readonly string[]) => lines.map((line) => line.split("=", 1)[0]);

describe("a landing", () => {
  test("keeps token, new visitor and gclid in cookies, and is a click with the same", () => {
    const { setCookies, click } = landing("/p/1?avad=77_f3&gclid=Cj0&email=a@b.co", {
      "user-agent": "UA",
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
      userAgent: "UA",
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
    const request = { ...visit("/?avad=1"), url: "http://localhost:3000/?avad=1" };
    expect(readLanding(request, settings, tools).setCookies[0]).not.toContain("Secure");
  });

  test.each<[string, Record<string, string>, string?]>([
    ["a HEAD request", {}, "HEAD"],
    ["a form post", {}, "POST"],
    ["a prefetch", { "sec-purpose": "prefetch" }],
    ["a prerender", { "sec-purpose": "prefetch;prerender" }],
    ["an older prefetch", { purpose: "prefetch" }],
    ["Firefox's prefetch", { "x-moz": "prefetch" }],
    ["a router's prefetch", { "next-router-prefetch": "1" }],
    ["a script's fetch", { "sec-fetch-dest": "empty", "sec-fetch-mode": "cors" }],
    ["an image", { "sec-fetch-dest": "image", "sec-fetch-mode": "no-cors" }],
    ["a frame", { "sec-fetch-dest": "iframe", "sec-fetch-mode": "navigate" }],
    ["a page's data", { "x-nextjs-data": "1" }],
    ["a page's own fetch on plain http", { accept: "*/*", referer: "https://shop.example/" }],
  ])("is not %s", (_, headers, method) => {
    expect(landing("/?avad=1", headers, method)).toEqual({ setCookies: [], skipped: "not-a-visit" });
  });

  test.each([
    [{ "sec-fetch-dest": "document", "sec-fetch-mode": "navigate" }],
    [{}],
    [{ accept: "text/html", referer: "https://shop.example/" }],
    [{ accept: "*/*" }],
    [{ accept: "*/*", referer: "https://blog.example/" }],
  ])("is a browser opening a page: %j", (headers) => {
    expect(landing("/?avad=1", headers).click).toBeDefined();
  });

  test("without a token is nothing at all, whatever else is there", () => {
    expect(landing("/?gclid=1", { cookie: "avad=1" })).toEqual({ setCookies: [] });
  });

  test("with a token that no cookie can hold is nothing at all", () => {
    expect(landing(`/?avad=${"%C3%BC".repeat(1000)}`)).toEqual({ setCookies: [] });
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

  test("is none again for a browser that keeps no cookies", () => {
    const counted = { ...tools, wasCounted: (avad: string) => avad === "77_f3" };
    expect(readLanding(visit("/cart", { referer }), settings, counted)).toEqual({ setCookies: [] });
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
    expect(readContext(visit("/thanks", { cookie }), { ...settings, consent }, () => {})).toEqual({
      consent: "denied",
    });
  });

  test("that was given is kept with the context", () => {
    const request = visit("/thanks", { cookie: `${cookie}; consent=yes` });
    expect(readContext(request, { ...settings, consent }, () => {})).toMatchObject({
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

  test("hook that answers by a promise is told, and its rejection kills nothing", async () => {
    const told: unknown[] = [];
    const asynchronous = () => Promise.reject(new Error("boom")) as unknown as boolean;
    const withHook = { ...settings, consent: asynchronous };
    const { skipped } = readLanding(visit("/?avad=1"), withHook, {
      ...tools,
      onHookThrow: (cause) => told.push(cause),
    });
    expect(skipped).toBe("consent");
    expect(told).toEqual([expect.objectContaining({ message: expect.stringContaining("at once") })]);
    await new Promise(setImmediate);
  });

  test("is denied by Sec-GPC, unless told to ignore it", () => {
    const headers = { "sec-gpc": "1", cookie };
    expect(landing("/?avad=1", headers).skipped).toBe("privacy-signal");
    expect(readContext(visit("/thanks", headers), settings, () => {})).toEqual({ gpc: true });
    const ignoring = { ...settings, globalPrivacyControl: "ignore" } as const;
    expect(readContext(visit("/thanks", headers), ignoring, () => {})).toMatchObject({
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

describe("the context of a confirmation", () => {
  test("is read once, frozen, and holds nothing but what was there", () => {
    const context = readContext(
      visit("/thanks?key=1", { cookie: "avad=a%2Bb; avad_visitor=v1; sid=secret" }),
      settings,
      () => {},
    );
    expect(context).toEqual({
      currentUrl: "https://shop.example/thanks",
      ipAddress: "203.0.113.7",
      avad: "a+b",
      visitorIds: ["v1"],
    });
    expect(Object.isFrozen(context)).toBe(true);
  });

  test("takes the newest token: the page's own, else the cookie's, else that of an uncounted landing", () => {
    const read = (path: string, headers: Record<string, string>) =>
      readContext(visit(path, headers), settings, () => {}).avad;
    const referer = "https://shop.example/?avad=referred";
    expect(read("/t?avad=own", { cookie: "avad=stored", referer })).toBe("own");
    expect(read("/t", { cookie: "avad=stored", referer })).toBe("stored");
    expect(read("/t", { referer })).toBe("referred");
  });

  test.each([
    ["full", "203.0.113.7"],
    ["truncate", "203.0.113.0"],
    ["omit", undefined],
  ] as const)("with ipAddress %s has the address %s", (ipAddress, expected) => {
    expect(readContext(visit("/t"), { ...settings, ipAddress }, () => {}).ipAddress).toBe(expected);
  });
});
