import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitsCookie, readVisitorCookies, setCookie } from "../../packages/core/src/context/cookies.ts";
import { avadOf } from "../../packages/core/src/context/query.ts";

const settings = {
  names: { avad: "avad", visitor: "avad_visitor", gclid: "avad_gclid" },
  domain: undefined,
  days: 30,
  sameSite: "lax",
} as const;

describe("the token in an address", () => {
  test.each([
    ["/?avad=77_f3afbe121", "77_f3afbe121"],
    ["https://shop.example/p/1?utm_source=avantlink&avad=184698_c27b8e541&x=1", "184698_c27b8e541"],
    ["/?avad=1234_kjsdf83#avad=other", "1234_kjsdf83"],
    ["/?avad=a+b", "a+b"],
    ["/?avad=a%2Bb%20c", "a+b c"],
    ["/?avad=a%252Fb", "a%2Fb"],
    ["/?avad=a=b==", "a=b=="],
    ["/?avad=100%", "100%"],
    ["/?avad=%E4%BD%A0%22", '你"'],
    ["/?avad=%FF", "%FF"],
    ["/?avad=old&avad=new", "new"],
    ["/?avad=kept&avad=", "kept"],
    ["/?avad=Ã¼", "ü"],
    ["/?avad=", undefined],
    ["/?avad", undefined],
    ["/?xavad=1&avadx=2&AVAD=3", undefined],
    ["/avad=1", undefined],
    ["/#?avad=1", undefined],
    [`/?avad=${"a".repeat(1025)}`, undefined],
  ])("of %s is %j", (url, token) => {
    expect(avadOf(url)).toBe(token);
  });

  test("comes back from the cookie exactly as it arrived, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 }), (token) => {
        const arrived = avadOf(`/?x=1&avad=${encodeURIComponent(token)}`);
        expect(arrived).toBe(token);
        const line = setCookie("avad", token, settings, true);
        expect(readVisitorCookies(`a=b; ${line.split(";", 1)[0]}; c=d`, settings).avad).toBe(token);
      }),
    );
  });
});

describe("our cookies", () => {
  test("are HttpOnly, Lax, for the whole site and as long as the referral period", () => {
    expect(setCookie("avad", "77_f3", settings, true)).toBe(
      "avad=77_f3; Max-Age=2592000; Path=/; HttpOnly; Secure; SameSite=Lax",
    );
    expect(
      setCookie("avad", "77_f3", { ...settings, domain: "shop.example", sameSite: "strict" }, false),
    ).toBe("avad=77_f3; Max-Age=2592000; Domain=shop.example; Path=/; HttpOnly; SameSite=Strict");
  });

  test.each([
    ["avad=1", "1"],
    ["avad=old; x=y; avad=new", "new"],
    ["avad=kept; avad=", "kept"],
    ["avad=%E0%A4%A", "%E0%A4%A"],
    ["xavad=1; avad2=2", undefined],
    [`avad=${"a".repeat(2000)}`, undefined],
    [`junk=${"a".repeat(1_000_000)}; avad=1`, "1"],
    ["__proto__=1; avad=2", "2"],
    ["", undefined],
    [undefined, undefined],
  ])("of %j hold the token %j", (header, token) => {
    expect(readVisitorCookies(header, settings).avad).toBe(token);
  });

  test("take no value that a browser would drop or that could not be read back", () => {
    expect(fitsCookie("ü".repeat(1000))).toBe(false);
    expect(fitsCookie("\ud800")).toBe(false);
    expect(fitsCookie("77_f3")).toBe(true);
  });
});
