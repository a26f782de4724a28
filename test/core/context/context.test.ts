import { describe, expect, test } from "vitest";
import { readRequest } from "../../../packages/core/src/context/context.ts";
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
