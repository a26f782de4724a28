import type { ConsentRequest } from "@avantlink-s2s/core";
import {
  allOf,
  anyOf,
  type ConsentReader,
  c15t,
  cookiebot,
  cookieYes,
  klaro,
  oneTrust,
  type ReaderOptions,
  vanillaCookieConsent,
} from "@avantlink-s2s/core/consent";
import { describe, expect, test } from "vitest";
import {
  C15T,
  COOKIEBOT,
  COOKIEYES,
  KLARO,
  ONETRUST,
  type Sample,
  VANILLA_COOKIECONSENT,
} from "./cookies.ts";

type Make = (options?: ReaderOptions) => ConsentReader;

const BANNERS: readonly (readonly [name: string, cookie: string, make: Make, samples: readonly Sample[]])[] =
  [
    ["cookiebot", "CookieConsent", (options) => cookiebot("marketing", options), COOKIEBOT],
    ["oneTrust", "OptanonConsent", (options) => oneTrust("C0004", options), ONETRUST],
    ["cookieYes", "cookieyes-consent", (options) => cookieYes("advertisement", options), COOKIEYES],
    [
      "vanillaCookieConsent",
      "cc_cookie",
      (options) => vanillaCookieConsent("ads", options),
      VANILLA_COOKIECONSENT,
    ],
    ["klaro", "klaro", (options) => klaro("avantlink", options), KLARO],
    ["c15t", "c15t", (options) => c15t("marketing", options), C15T],
  ];

function requestWith(cookie: string): ConsentRequest {
  return { url: "https://shop.example/thanks", headers: new Headers({ cookie }), cookies: {} };
}

describe.each(BANNERS)("%s", (_, cookie, make, samples) => {
  const granted = samples.find(([answer]) => answer === true)?.[1] ?? "";
  const denied = samples.find(([answer]) => answer === false)?.[1] ?? "";

  test.each(samples)("says %s to %s", (answer, header) => {
    const request = requestWith(`session=abc; ${header}; _ga=GA1.1.2`);
    expect(make()(request)).toBe(answer === true);
    expect(make({ whenUnknown: "allow" })(request)).toBe(answer !== false);
  });

  test("denies without its cookie, unless the shop allows until the shopper objects", () => {
    for (const header of ["", "session=abc", `x${granted}`, `${cookie}`]) {
      expect(make()(requestWith(header))).toBe(false);
      expect(make({ whenUnknown: "allow" })(requestWith(header))).toBe(true);
    }
  });

  test("denies where one of two cookies of that name denies, in either order", () => {
    expect(make({ whenUnknown: "allow" })(requestWith(`${granted}; ${denied}`))).toBe(false);
    expect(make({ whenUnknown: "allow" })(requestWith(`${denied}; ${granted}`))).toBe(false);
    expect(make()(requestWith(`${granted}; ${granted}`))).toBe(true);
    expect(make()(requestWith(`${granted}; ${cookie}=broken`))).toBe(false);
  });

  test.each([
    "%",
    "%7B%22%E0%A4%A",
    "__proto__",
    '{"__proto__":{"marketing":true}}',
    "constructor:yes",
    "null",
    "[[[[[[[[[",
    `${"%7B".repeat(3000)}`,
    `{${"a:true,".repeat(150_000)}marketing:true}`,
    "\u0000",
  ])("takes the broken cookie %.40s for no answer", (value) => {
    const request = {
      ...requestWith(""),
      headers: { get: () => `${cookie}=${value}` } as unknown as Headers,
    };
    expect(make()(request)).toBe(false);
    expect(make({ whenUnknown: "allow" })(request)).toBe(true);
  });

  test("reads the cookie by the name that the shop gave it", () => {
    const renamed = granted.replace(`${cookie}=`, "our-consent=");
    expect(make({ cookieName: "our-consent" })(requestWith(renamed))).toBe(true);
    expect(make({ cookieName: "our-consent" })(requestWith(granted))).toBe(false);
  });

  test("refuses options that it does not know", () => {
    expect(() => make({ whenUnknown: "yes" as "allow" })).toThrow("whenUnknown");
    expect(() => make({ cookieName: "" })).toThrow("cookieName");
  });
});

test("a reader without its category is refused when it is made", () => {
  const wrong = [undefined, "", 4, null] as unknown as "marketing"[];
  for (const value of wrong) {
    expect(() => cookiebot(value)).toThrow("category");
    expect(() => oneTrust(value)).toThrow("group");
    expect(() => klaro(value)).toThrow("service");
  }
});

test("allOf needs every reader's consent, anyOf one", () => {
  const yes = () => true;
  const no = () => false;
  const request = requestWith("");
  expect(allOf(yes, yes)(request)).toBe(true);
  expect(allOf(yes, no)(request)).toBe(false);
  expect(anyOf(no, yes)(request)).toBe(true);
  expect(anyOf(no, no)(request)).toBe(false);
  expect(() => Reflect.apply(allOf, undefined, [])).toThrow("consent readers");
  expect(() => Reflect.apply(anyOf, undefined, [true])).toThrow("consent readers");
});
