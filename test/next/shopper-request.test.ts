import { createTracker, type TrackerOptions } from "@avantlink-s2s/core";
import { adapterOf } from "@avantlink-s2s/core/adapter";
import { describe, expect, test } from "vitest";
import { openRequest } from "../../packages/core/src/context/read-request.ts";
import { shopperRequest } from "../../packages/next/src/shopper-request.ts";
import { MERCHANT_ID } from "../conformance/shop.ts";

function seen(headers: Record<string, string>, options: TrackerOptions = {}, path?: string) {
  const adapter = adapterOf(createTracker({ merchantId: MERCHANT_ID, mode: "dry-run", ...options }));
  const request = shopperRequest(adapter, {
    method: "GET",
    headers: new Headers(headers),
    path,
    ownPath: "/own",
  });
  return { ...request, url: openRequest(request, adapter.siteUrl, () => {}).url };
}

describe("the shopper's IP address", () => {
  const FORWARDED = "6.6.6.6, 203.0.113.7, 10.0.0.1";

  test.each<[string, TrackerOptions["trustedProxies"], Record<string, string>, string | undefined]>([
    ["is in no header that nobody vouches for", undefined, { "x-forwarded-for": FORWARDED }, undefined],
    ["is counted from the right past the proxies", 2, { "x-forwarded-for": FORWARDED }, "203.0.113.7"],
    ["is none where fewer proxies came by than declared", 4, { "x-forwarded-for": FORWARDED }, undefined],
    ["is the first that is no known proxy", ["10.0.0.0/8"], { "x-forwarded-for": FORWARDED }, "203.0.113.7"],
    [
      "is Vercel's own word",
      "vercel",
      { "x-vercel-forwarded-for": "203.0.113.7", "x-forwarded-for": "6.6.6.6", "x-real-ip": "6.6.6.6" },
      "203.0.113.7",
    ],
    ["is nothing on Vercel without it", "vercel", { "x-forwarded-for": "6.6.6.6" }, undefined],
    [
      "is Cloudflare's own word",
      "cloudflare",
      { "cf-connecting-ip": "2001:db8::7", "x-forwarded-for": "6.6.6.6" },
      "2001:db8::7",
    ],
  ])("%s", (_, trustedProxies, headers, expected) => {
    expect(seen(headers, { trustedProxies }).ipAddress()).toBe(expected);
  });
});

describe("the page's address", () => {
  const BEHIND = {
    host: "10.0.0.5:3000",
    "x-forwarded-host": "shop.example",
    "x-forwarded-proto": "https, http",
  };

  test.each<[string, Record<string, string>, TrackerOptions, string]>([
    ["is the request's host", { host: "shop.example" }, {}, "http://shop.example/own"],
    [
      "is https where that is said",
      { host: "shop.example", "x-forwarded-proto": "https" },
      {},
      "https://shop.example/own",
    ],
    ["is what declared proxies were asked for", BEHIND, { trustedProxies: 1 }, "https://shop.example/own"],
    ["is not what a client claims", BEHIND, {}, "https://10.0.0.5:3000/own"],
    [
      "is what Next was asked for, where it asks itself after a Server Action",
      { host: "localhost:3000", "x-forwarded-host": "shop.example" },
      {},
      "http://shop.example/own",
    ],
    ["is siteUrl's", BEHIND, { siteUrl: "https://www.shop.example" }, "https://www.shop.example/own"],
    ["has no part of a host that is none", { host: "a b/c?d" }, {}, "http://localhost/own"],
    [
      "has the path that the proxy saw",
      { host: "a.example", "x-avantlink-path": "/p?q=1" },
      {},
      "http://a.example/p?q=1",
    ],
  ])("%s", (_, headers, options, expected) => {
    expect(seen(headers, options).url).toBe(expected);
  });

  test("is left out of the context where no part of Next knows the path", async () => {
    const adapter = adapterOf(createTracker({ merchantId: MERCHANT_ID, mode: "dry-run" }));
    const headers = new Headers({ host: "a.example", "user-agent": "Firefox", cookie: "a=1" });
    const { context } = adapter.readRequest(() => shopperRequest(adapter, { method: "GET", headers }));
    expect(context).toEqual({ userAgent: "Firefox" });
  });

  test("has the path that was given before any other", () => {
    expect(seen({ host: "a.example", "x-avantlink-path": "/p" }, {}, "done?q=1").url).toBe(
      "http://a.example/done?q=1",
    );
  });
});

test("the consent hook is not shown what is between the proxy and the page", () => {
  const { headers } = seen({ host: "a.example", "x-avantlink-path": "/p", cookie: "a=1" });
  expect([...headers().keys()]).toEqual(["cookie", "host"]);
});
