import { describe, expect, test } from "vitest";
import { readRequest } from "../../../packages/core/src/context/read-request.ts";
import { contextSettings, NO_REPORTS, rawRequest } from "../../support/requests.ts";

const settings = contextSettings();

describe("the context of a confirmation", () => {
  test("is read once, frozen, and holds nothing but what was there", () => {
    const context = readRequest(
      () => rawRequest("/thanks?key=1", { cookie: "avad=a%2Bb; avad_visitor=v1; sid=secret" }),
      settings,
      NO_REPORTS,
    ).context;
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
      readRequest(() => rawRequest(path, headers), settings, NO_REPORTS).context.avad;
    const referer = "https://shop.example/?avad=referred";
    expect(read("/t?avad=own", { cookie: "avad=stored", referer })).toBe("own");
    expect(read("/t", { cookie: "avad=stored", referer })).toBe("stored");
    expect(read("/t", { referer })).toBe("referred");
  });

  test("leaves a click that came later its order, though a form of an older tab is posted to the older click's address", () => {
    const read = (cookie: string) =>
      readRequest(
        () => rawRequest("/buy?avad=older&gclid=g1", { cookie }, { method: "POST" }),
        settings,
        NO_REPORTS,
      ).context;
    expect(read("avad=newer; avad_gclid=g2")).toMatchObject({ avad: "newer", googleClickId: "g2" });
    expect(read("session=s")).toMatchObject({ avad: "older", googleClickId: "g1" });
  });

  test.each([
    ["full", "203.0.113.7"],
    ["truncate", "203.0.113.0"],
    ["omit", undefined],
  ] as const)("with ipAddress %s has the address %s", (ipAddress, expected) => {
    expect(
      readRequest(() => rawRequest("/t"), { ...settings, ipAddress }, NO_REPORTS).context.ipAddress,
    ).toBe(expected);
  });
});

describe("the address of a proxy", () => {
  const PRIVATE = [
    "10.0.0.5",
    "127.0.0.1",
    "192.168.1.9",
    "172.16.0.3",
    "::1",
    "fd00::1",
    "100.64.0.9",
    "::ffff:10.0.0.5",
  ];

  test.each(PRIVATE)("%s is never sent as the shopper's", (address) => {
    const seen: (string | undefined)[] = [];
    const request = rawRequest("/t", { "x-real-ip": "203.0.113.7" }, { ipAddress: () => address });
    const reports = { ...NO_REPORTS, proxyAddress: (header: string | undefined) => seen.push(header) };
    expect(readRequest(() => request, settings, reports).context).not.toHaveProperty("ipAddress");
    expect(seen).toEqual(["x-real-ip"]);
  });

  test("is sent to a sandbox on this machine, where every shopper has such an address", () => {
    const request = rawRequest("/t", {}, { ipAddress: () => "127.0.0.1" });
    const { context } = readRequest(() => request, contextSettings({ loopback: true }), NO_REPORTS);
    expect(context.ipAddress).toBe("127.0.0.1");
  });

  test("costs nothing but the address where the shop's own proxy function throws", () => {
    const threw: string[] = [];
    const failing = () => {
      throw new Error("boom");
    };
    const headers = { cookie: "avad=77_f3; consent=no", host: "shop.example" };
    const request = rawRequest("/t", headers, { ipAddress: failing, origin: failing });
    const reports = { ...NO_REPORTS, hookThrew: (hook: string) => threw.push(hook) };
    expect(readRequest(() => request, settings, reports).context).toMatchObject({
      avad: "77_f3",
      currentUrl: "http://shop.example/t",
    });
    expect(threw).toHaveLength(2);
    const asking = contextSettings({ consent: ({ cookies }) => cookies.consent === "yes" });
    expect(readRequest(() => request, asking, NO_REPORTS).context).toEqual({ consent: "denied" });
  });
});

describe("the public address of the page", () => {
  test.each([
    ["http://evil.example/thanks?avad=1", "https://shop.example/thanks?avad=1"],
    ["//evil.example/thanks", "https://shop.example//evil.example/thanks"],
    ["thanks", "https://shop.example/thanks"],
  ])("of the request line %s keeps the shop's own origin", (target, expected) => {
    const request = rawRequest(target, { host: "evil.example" });
    const { context } = readRequest(
      () => request,
      contextSettings({ siteUrl: "https://shop.example" }),
      NO_REPORTS,
    );
    expect(context.currentUrl).toBe(expected);
  });
});

test("two values of the click cookie are reported: another host or path of the site sets it", () => {
  let count = 0;
  const reports = { ...NO_REPORTS, cookieTwice: () => count++ };
  readRequest(() => rawRequest("/t", { cookie: "avad=one; avad=one" }), settings, reports);
  expect(count).toBe(0);
  readRequest(() => rawRequest("/t", { cookie: "avad=one; avad=two" }), settings, reports);
  expect(count).toBe(1);
});

test.each(["1", "1, 1", "1;foo", "?1", "true"])("Sec-GPC: %s denies", (signal) => {
  const request = rawRequest("/t", { "sec-gpc": signal, cookie: "avad=1" });
  expect(readRequest(() => request, settings, NO_REPORTS).context).toEqual({ gpc: true });
});

test.each(["", " ", "0"])("Sec-GPC: %j does not deny", (signal) => {
  const request = rawRequest("/t", { "sec-gpc": signal, cookie: "avad=1" });
  expect(readRequest(() => request, settings, NO_REPORTS).context).toMatchObject({ avad: "1" });
});

test("a developer's own browser is no proxy to warn of", () => {
  let count = 0;
  const reports = { ...NO_REPORTS, proxyAddress: () => count++ };
  readRequest(() => rawRequest("/t", {}, { ipAddress: () => "127.0.0.1" }), settings, reports);
  expect(count).toBe(0);
  readRequest(() => rawRequest("/t", {}, { ipAddress: () => "10.0.0.5" }), settings, reports);
  readRequest(
    () => rawRequest("/t", { forwarded: "for=203.0.113.7" }, { ipAddress: () => "127.0.0.1" }),
    settings,
    reports,
  );
  expect(count).toBe(2);
});

describe("where the server does not know the connection's address, and no proxy is declared,", () => {
  const reportsOf = (headers: Record<string, string>, loopback = false) => {
    const seen: (string | undefined)[] = [];
    const reports = { ...NO_REPORTS, proxyAddress: (header: string | undefined) => seen.push(header) };
    const request = rawRequest("/t", headers, { ipAddress: () => undefined });
    expect(readRequest(() => request, contextSettings({ loopback }), reports).context).not.toHaveProperty(
      "ipAddress",
    );
    return seen;
  };

  test("a proxy is reported that names the shopper's", () => {
    expect(reportsOf({ "x-forwarded-for": "203.0.113.7" })).toEqual(["x-forwarded-for"]);
  });

  test("nothing is reported without a proxy, on a developer's machine or with a sandbox", () => {
    expect(reportsOf({})).toEqual([]);
    expect(reportsOf({ "x-forwarded-for": "::1" })).toEqual([]);
    expect(reportsOf({ "x-forwarded-for": "203.0.113.7" }, true)).toEqual([]);
  });
});
