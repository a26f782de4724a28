import { AvantLinkError, createTracker, memoryOutbox, type TrackerOptions } from "@avantlink-s2s/core";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../../packages/core/src/options/config.ts";
import type { Environment } from "../../../packages/core/src/options/environment.ts";
import { MERCHANT_ID } from "../../support/orders.ts";

const live = { NODE_ENV: "production" };
const config = (options: TrackerOptions, env: Environment = live) =>
  readConfig({ merchantId: MERCHANT_ID, ...options }, env);

function faults(options: unknown, env: Environment = live) {
  try {
    readConfig(options as TrackerOptions, env);
  } catch (error) {
    if (error instanceof AvantLinkError && error.code === "config.invalid") {
      return Object.fromEntries(error.issues.map(({ path, message }) => [path, message]));
    }
    throw error;
  }
  return {};
}

test("createTracker names every fault at once", () => {
  expect(() =>
    createTracker({
      merchantId: "12345",
      mode: "production" as "live",
      timeoutMs: 60_000,
      cookies: { days: 0 },
    }),
  ).toThrowError(/merchantId: [^\n]*older merchant number[^\n]*UUID|mode: |timeoutMs: |cookies\.days: /);
  expect(
    Object.keys(
      faults({
        merchantId: "12345",
        endpoint: "http://client.avantlink.com",
        mode: "test",
        outbox: {},
        deliver: "no",
        cookies: { names: { avad: "a b" }, domain: "exa mple", days: 366, sameSite: "Lax" },
        siteUrl: "https://shop.example/en",
        trustedProxies: ["10.0.0.0/99"],
        consent: true,
        globalPrivacyControl: "honour",
        ipAddress: "yes",
        retry: { maxAgeMs: -1 },
        concurrency: 0,
        timeoutMs: 15_001,
        userAgent: "naïve\nserver",
        onEvent: console,
        runtime: {},
      }),
    ).sort(),
  ).toEqual([
    "concurrency",
    "consent",
    "cookies.days",
    "cookies.domain",
    "cookies.names.avad",
    "cookies.sameSite",
    "deliver",
    "endpoint",
    "globalPrivacyControl",
    "ipAddress",
    "merchantId",
    "mode",
    "onEvent",
    "outbox",
    "retry.maxAgeMs",
    "runtime",
    "siteUrl",
    "timeoutMs",
    "trustedProxies",
    "userAgent",
  ]);
});

test("a process that only accepts needs an outbox that others can deliver from", () => {
  const endpoint = "http://127.0.0.1:9";
  const deliver = { deliver: expect.stringContaining("durable outbox") };
  expect(faults({ merchantId: MERCHANT_ID, endpoint, deliver: false })).toEqual(deliver);
  expect(faults({ merchantId: MERCHANT_ID, endpoint, deliver: false, outbox: memoryOutbox() })).toEqual(
    deliver,
  );
  // What is no outbox has one fault, not two.
  expect(faults({ merchantId: MERCHANT_ID, endpoint, deliver: false, outbox: {} })).toEqual({
    outbox: expect.stringContaining("expected an outbox"),
  });
  expect(() =>
    createTracker({
      merchantId: MERCHANT_ID,
      endpoint,
      deliver: false,
      outbox: { ...memoryOutbox(), durable: true },
    }),
  ).not.toThrow();
});

test("a misspelt option is a fault, at any depth", () => {
  expect(faults({ merchantID: MERCHANT_ID, merchantId: MERCHANT_ID, cookies: { name: {} } })).toEqual({
    merchantID: expect.stringContaining("is not an option"),
    "cookies.name": expect.stringContaining("is not an option"),
  });
});

test.each([{ avad: "x", visitor: "x" }, { visitor: "avad" }, { gclid: "avad_visitor" }])(
  "two cookies of one name are a fault: %j",
  (names) => {
    expect(faults({ merchantId: MERCHANT_ID, cookies: { names } })).toEqual({
      "cookies.names": expect.stringContaining("a name of its own"),
    });
  },
);

test("a cookie's domain that no browser knows is a fault", () => {
  const domain = `${"a".repeat(64)}.example`;
  expect(Object.keys(faults({ merchantId: MERCHANT_ID, cookies: { domain } }))).toEqual(["cookies.domain"]);
});

test.each([null, "x", 7, []])("options that are %j are a fault", (options) => {
  expect(Object.keys(faults(options))).toContain("options");
});

describe("the merchant ID", () => {
  test("comes from the options, else from the environment", () => {
    expect(config({}).merchantId).toBe(MERCHANT_ID);
    expect(
      readConfig({}, { ...live, AVANTLINK_MERCHANT_ID: ` ${MERCHANT_ID.toUpperCase()} ` }).merchantId,
    ).toBe(MERCHANT_ID);
  });

  test.each([
    ["", /is missing; .*AVANTLINK_MERCHANT_ID/],
    ["12345", /older merchant number/],
    ["not-a-uuid", /is not a UUID/],
  ])("%j is a fault where orders are sent", (merchantId, message) => {
    expect(faults({ merchantId }).merchantId).toMatch(message);
  });

  test("may be missing in a dry run and during a framework's build, but not be wrong", () => {
    expect(faults({}, {})).toEqual({});
    expect(faults({}, { ...live, NEXT_PHASE: "phase-production-build" })).toEqual({});
    expect(faults({ merchantId: "12345" }, {}).merchantId).toMatch(/older merchant number/);
  });
});

describe("the endpoint", () => {
  test.each([
    ["https://client.avantlink.com/merchants/MERCHANT/tracking/order", "https://client.avantlink.com"],
    ["https://client.avantlink.com/merchants/MERCHANT/tracking/order-", "https://client.avantlink.com"],
    ["https://client.avantlink.com/merchants/MERCHANT/tracking/click/", "https://client.avantlink.com"],
    ["https://client.avantlink.com/merchants/MERCHANT", "https://client.avantlink.com"],
    ["http://127.0.0.1:9/stand-in/merchants/MERCHANT/tracking/order", "http://127.0.0.1:9/stand-in"],
  ])("as AvantLink's article spells it, %s, is a fault that names the value to write", (whole, base) => {
    const endpoint = whole.replace("MERCHANT", MERCHANT_ID);
    expect(faults({ merchantId: MERCHANT_ID, endpoint })).toHaveProperty(
      "endpoint",
      expect.stringContaining(`give only "${base}"`),
    );
  });

  test.each([
    [undefined, {}, "https://client.avantlink.com"],
    [undefined, { AVANTLINK_ENDPOINT: "http://127.0.0.1:4020/" }, "http://127.0.0.1:4020"],
    ["https://proxy.example/avantlink/", {}, "https://proxy.example/avantlink"],
    ["http://localhost:4020", {}, "http://localhost:4020"],
    ["http://[::1]:4020", {}, "http://[::1]:4020"],
  ])("%j with %j is %s", (endpoint, env, expected) => {
    expect(config({ endpoint }, { ...live, ...env }).endpoint).toBe(expected);
  });

  test.each([
    "http://client.avantlink.com",
    "http://127.0.0.1.evil.example",
    "ftp://localhost",
    "client.avantlink.com",
    "https://a.example/?x=1",
    "https://u:p@a.example",
  ])("%s is a fault", (endpoint) => {
    expect(faults({ merchantId: MERCHANT_ID, endpoint })).toHaveProperty("endpoint");
  });
});

describe("the mode", () => {
  test.each<[TrackerOptions, Environment, string]>([
    [{}, { NODE_ENV: "production" }, "live"],
    [{}, { NODE_ENV: "development" }, "dry-run"],
    [{}, {}, "dry-run"],
    [{}, { NODE_ENV: "production", VERCEL_ENV: "preview" }, "dry-run"],
    [{}, { NODE_ENV: "production", VERCEL_ENV: "production" }, "live"],
    [{}, { NODE_ENV: "production", NETLIFY: "true", CONTEXT: "deploy-preview" }, "dry-run"],
    [{}, { NODE_ENV: "production", NETLIFY: "true", CONTEXT: "production" }, "live"],
    [{}, { NODE_ENV: "production", IS_PULL_REQUEST: "true" }, "dry-run"],
    [{}, { NODE_ENV: "production", IS_PULL_REQUEST: "false" }, "live"],
    [{ mode: "live" }, {}, "live"],
    [{ mode: "dry-run" }, { NODE_ENV: "production" }, "dry-run"],
    [{ endpoint: "http://127.0.0.1:1" }, {}, "live"],
    [{ endpoint: "http://127.0.0.1:1", mode: "dry-run" }, {}, "dry-run"],
    [{ mode: "live" }, { NODE_ENV: "production", NEXT_PHASE: "phase-production-build" }, "build"],
  ])("of %j in %j is %s", (options, env, mode) => {
    expect(config(options, env).mode).toBe(mode);
  });
});

test("a tracker is made without touching its outbox", () => {
  const untouched = new Proxy(memoryOutbox(), {
    get(target, name) {
      if (name === "open" || name === "run") return () => expect.unreachable(`${String(name)} was called`);
      return Reflect.get(target, name);
    },
  });
  createTracker({ merchantId: MERCHANT_ID, endpoint: "http://127.0.0.1:1", outbox: untouched });
});

test("an AVANTLINK_MODE that is neither live nor dry-run is a fault, beside the option too", () => {
  const env = { ...live, AVANTLINK_MODE: "preview" };
  const fault = { AVANTLINK_MODE: 'expected "live" or "dry-run"' };
  expect(faults({ merchantId: MERCHANT_ID }, env)).toEqual(fault);
  expect(faults({ merchantId: MERCHANT_ID, mode: "live" }, env)).toEqual(fault);
});
