import { NextRequest, NextResponse } from "next/server.js";
import { describe, expect, test } from "vitest";
import { proxiedResponse } from "../../packages/next/src/proxied-response.ts";
import { withCookies } from "../../packages/next/src/request-cookies.ts";

const COOKIES = ["avad=77_f3; Max-Age=60; Path=/; HttpOnly", "avad_visitor=v1; Max-Age=60; Path=/; HttpOnly"];
const LANDING = { path: "/p?avad=77_f3", setCookies: COOKIES };
const PLAIN = { path: "/p", setCookies: [] };

const request = (headers: Record<string, string> = {}) =>
  new NextRequest("http://localhost:3000/p", {
    headers: { cookie: "sid=1", "x-shopper": "yes", ...headers },
  });

/** The headers with which the page is rendered. */
function passedOn({ headers }: Response): Record<string, string> {
  const names = headers.get("x-middleware-override-headers")?.split(",") ?? [];
  return Object.fromEntries(names.map((name) => [name, headers.get(`x-middleware-request-${name}`) ?? ""]));
}

describe("what the proxy answers", () => {
  test("without a proxy of the shop's passes path and cookies on to the page", () => {
    const response = proxiedResponse(request(), undefined, LANDING);
    expect(response.headers.get("x-middleware-next")).toBe("1");
    expect(response.headers.getSetCookie()).toEqual(COOKIES);
    expect(passedOn(response)).toEqual({
      cookie: "sid=1; avad=77_f3; avad_visitor=v1",
      "x-avantlink-path": "/p?avad=77_f3",
      "x-shopper": "yes",
    });
  });

  test("passes the path on for every page, whatever a client claims, and leaves the rest as it came", () => {
    const response = proxiedResponse(request({ "x-avantlink-path": "/evil" }), undefined, PLAIN);
    expect(passedOn(response)).toEqual({ cookie: "sid=1", "x-avantlink-path": "/p", "x-shopper": "yes" });
    expect(response.headers.has("cache-control")).toBe(false);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  test("passes its headers to Next as Next's own response does", () => {
    const headers = new Headers(request().headers);
    headers.set("x-avantlink-path", "/p");
    const theirs = NextResponse.next({ request: { headers } });
    const ours = proxiedResponse(request(), undefined, PLAIN);
    expect(Object.fromEntries(ours.headers)).toEqual(Object.fromEntries(theirs.headers));
  });

  test("keeps the request headers that the shop's proxy sets and drops", () => {
    const headers = new Headers({ "x-tenant": "larch", cookie: "sid=2; avad=old" });
    const response = proxiedResponse(request(), NextResponse.next({ request: { headers } }), LANDING);
    expect(passedOn(response)).toEqual({
      cookie: "sid=2; avad=77_f3; avad_visitor=v1",
      "x-avantlink-path": "/p?avad=77_f3",
      "x-tenant": "larch",
    });
  });

  test("keeps a rewrite, and the shop's own cookies and headers", () => {
    const rewrite = NextResponse.rewrite("http://localhost:3000/q", { headers: { "x-ab": "b" } });
    rewrite.cookies.set("ab", "b");
    const response = proxiedResponse(request(), rewrite, LANDING);
    expect(response.headers.get("x-middleware-rewrite")).toBe("http://localhost:3000/q");
    expect(response.headers.get("x-middleware-set-cookie")).toContain("ab=b");
    expect(response.headers.get("x-ab")).toBe("b");
    expect(response.headers.getSetCookie()).toEqual(["ab=b; Path=/", ...COOKIES]);
    expect(passedOn(response).cookie).toBe("sid=1; avad=77_f3; avad_visitor=v1");
  });

  test("gives another server, to which the shop rewrites, none of ours", () => {
    const response = proxiedResponse(request(), NextResponse.rewrite("https://cms.example/q"), LANDING);
    expect(response.headers.has("x-middleware-override-headers")).toBe(false);
    expect(response.headers.getSetCookie()).toEqual(COOKIES);
  });

  test.each([
    ["a redirect whose headers cannot be changed", () => Response.redirect("https://shop.example/en", 308)],
    ["a redirect of Next's", () => NextResponse.redirect("https://shop.example/en", 308)],
  ])("sets the cookies on %s", (_, redirect) => {
    const response = proxiedResponse(request(), redirect(), LANDING);
    expect([response.status, response.headers.get("location")]).toEqual([308, "https://shop.example/en"]);
    expect(response.headers.getSetCookie()).toEqual(COOKIES);
    expect(response.headers.has("x-middleware-override-headers")).toBe(false);
  });

  test("keeps an answer of the shop's own, body and status", async () => {
    const own = NextResponse.json({ ours: true }, { status: 418, statusText: "Teapot" });
    const response = proxiedResponse(request(), own, LANDING);
    expect([response.status, response.statusText, await response.json()]).toEqual([
      418,
      "Teapot",
      { ours: true },
    ]);
    expect(response.headers.getSetCookie()).toEqual(COOKIES);
  });

  test("is the shop's very own where there is nothing to add", () => {
    const own = NextResponse.json({ ours: true });
    expect(proxiedResponse(request(), own, PLAIN)).toBe(own);
  });

  test("with cookies is for no cache, by whatever header one goes", () => {
    const { headers } = proxiedResponse(request(), undefined, LANDING);
    for (const name of [
      "cache-control",
      "cdn-cache-control",
      "vercel-cdn-cache-control",
      "surrogate-control",
    ]) {
      expect(headers.get(name)).toBe("private, no-store");
    }
  });
});

test.each([
  [null, ["a=1; Path=/"], "a=1"],
  ["x=1; a=0; y=2; a=00", ["a=1; Path=/"], "x=1; y=2; a=1"],
  ["x=1; a=0", ["a=; Max-Age=0; Path=/"], "x=1"],
  ["x=1; x=2;;", [], "x=1; x=2"],
])("the Cookie header %j becomes, with %j, %j", (header, lines, expected) => {
  expect(withCookies(header, lines)).toBe(expected);
});
