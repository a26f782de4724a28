import type { TrackingContext } from "@avantlink-s2s/core";
import { describe, expect, test } from "vitest";
import type { ReadRequest } from "../../../packages/core/src/context/read-request.ts";
import { chooseContext } from "../../../packages/core/src/tracker/decide.ts";

const CARRIED: TrackingContext = { avad: "77_carried", ipAddress: "203.0.113.7", userAgent: "Shopper" };
const GRANTED: TrackingContext = { ...CARRIED, consent: "granted" };
const READ: TrackingContext = { avad: "77_read", ipAddress: "198.51.100.9", userAgent: "Other" };

const request = (changes: Partial<ReadRequest> = {}): ReadRequest => ({
  context: READ,
  isBrowser: true,
  hasOurCookies: true,
  ...changes,
});

describe("the context of an order", () => {
  test("is the request's where nothing travelled with the order", () => {
    expect(chooseContext(undefined, { request: request({ hasOurCookies: false }) }).context).toEqual(READ);
  });

  test("has no page, browser or address of a payment provider's request, also where nothing travelled with it", () => {
    const context = { ...READ, currentUrl: "https://shop.example/webhook", consent: "granted" } as const;
    const provider = request({ context, isBrowser: false, hasOurCookies: false });
    expect(chooseContext(undefined, { request: provider }).context).toEqual({
      avad: "77_read",
      consent: "granted",
    });
  });

  test("is the carried one beside a payment provider's request, of which nothing is used", () => {
    const provider = request({ isBrowser: false, hasOurCookies: false });
    expect(chooseContext(CARRIED, { request: provider })).toEqual({
      context: CARRIED,
      findings: [],
    });
  });

  test("is the carried one beside a browser without our cookies, and names what was not used", () => {
    const { context, findings } = chooseContext(CARRIED, {
      request: request({ hasOurCookies: false }),
    });
    expect(context).toEqual(CARRIED);
    expect(findings).toMatchObject([
      { code: "context.not-used", message: expect.stringContaining("avad, ipAddress, userAgent") },
    ]);
  });

  test("is the request's beside the shopper's own browser, completed by what was carried", () => {
    const carried = { ...READ, avad: CARRIED.avad, customTrackingCode: "spring" };
    const { context, findings } = chooseContext(carried, { request: request() });
    expect(context).toEqual({ ...READ, customTrackingCode: "spring" });
    expect(findings).toMatchObject([{ code: "context.not-used", path: "context.avad" }]);
  });

  test("is the carried one beside the browser of another visitor, such as the shop's staff", () => {
    const carried = { ...CARRIED, visitorIds: ["shopper"] };
    const staff = request({ context: { ...READ, visitorIds: ["staff"] } });
    const { context, findings } = chooseContext(carried, { request: staff });
    expect(context).toEqual(carried);
    expect(findings).toMatchObject([{ code: "context.not-used", path: "context" }]);
    const sameBrowser = request({ context: { ...READ, visitorIds: ["shopper"] } });
    expect(chooseContext(carried, { request: sameBrowser }).context).toMatchObject(READ);
  });

  test.each<[string, TrackingContext, TrackingContext]>([
    ["order", {}, { visitorIds: ["staff"] }],
    ["browser", { visitorIds: ["shopper"] }, {}],
  ])("is the carried one beside another browser, where the %s has no visitor ID", (_, ids, staffIds) => {
    const carried = { ...CARRIED, ...ids };
    const staff = request({ context: { ...READ, ...staffIds } });
    const { context, findings } = chooseContext(carried, { request: staff });
    expect(context).toEqual(carried);
    expect(findings).toMatchObject([{ code: "context.not-used", path: "context" }]);
    const { userAgent: _agent, ipAddress: _address, ...unnamed } = carried;
    expect(chooseContext(unnamed, { request: staff }).context).toEqual({ ...unnamed, ...staff.context });
  });

  test("is the carried one beside a browser of the same name at another address, since many have one name", () => {
    const carried = { ...CARRIED, userAgent: READ.userAgent };
    expect(chooseContext(carried, { request: request() }).context).toEqual(carried);
  });

  test("has the click of the shopper's browser where its own has none, though the address has changed since", () => {
    const { avad: _, ...carried } = { ...CARRIED, userAgent: READ.userAgent };
    expect(chooseContext(carried, { request: request() }).context).toEqual(READ);
  });

  test("is the given one, completed by what the mapper found", () => {
    const given = { avad: "77_given", userAgent: undefined };
    expect(chooseContext(CARRIED, { given }).context).toEqual({ ...CARRIED, avad: "77_given" });
  });

  test("is the carried one where an empty context was given, as unpackContext makes it of nothing", () => {
    expect(chooseContext(CARRIED, { given: {} }).context).toEqual(CARRIED);
  });
});

describe("a denial counts", () => {
  const denied = { consent: "denied" } as const;

  test.each([
    ["carried beside the shopper's request", denied, { request: request() }],
    ["carried beside a provider's request", denied, { request: request({ isBrowser: false }) }],
    ["given beside a granted context", GRANTED, { given: denied }],
    ["read of the shopper's request", CARRIED, { request: request({ context: denied }) }],
    [
      "read of a browser without our cookies",
      CARRIED,
      { request: request({ context: denied, hasOurCookies: false }) },
    ],
  ] as const)("%s", (_, carried, sources) => {
    expect(chooseContext(carried, sources).context.consent).toBe("denied");
  });

  test("as a privacy signal too", () => {
    expect(chooseContext({ gpc: true }, { given: CARRIED }).context.gpc).toBe(true);
  });

  test("not of a provider's request beside a carried grant", () => {
    const provider = request({ context: denied, isBrowser: false, hasOurCookies: false });
    const granted = { ...CARRIED, consent: "granted" } as const;
    expect(chooseContext(granted, { request: provider }).context).toEqual(granted);
  });
});
