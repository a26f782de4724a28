import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readVisitorCookies, setCookie } from "../../../packages/core/src/context/cookies.ts";
import { avadOf, hasOversizedToken, isToken, queryValue } from "../../../packages/core/src/context/query.ts";
import { contextSettings } from "../../support/requests.ts";

const settings = contextSettings().cookies;

describe("the token in a URL", () => {
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
    ["/?avad=a?b", "a?b"],
    // As links written by hand have it.
    ["/?AVAD=77_f3", "77_f3"],
    ["/?Avad=old&aVaD=new", "new"],
    ["/?x=1&amp;avad=77_f3", "77_f3"],
    ["/?x=1&amp;amp;avad=77_f3", "77_f3"],
    ["/?amp;avad=77_f3", "77_f3"],
    ["/?a=1?avad=77_f3", "77_f3"],
    ["/?a=1?AVAD=77_f3&b=2", "77_f3"],
    ["/?avad=old?avad=new", "new"],
    ["/?avad=", undefined],
    ["/?avad", undefined],
    ["/?xavad=1&avadx=2", undefined],
    ["/?a=1?xavad=1", undefined],
    ["/avad=1", undefined],
    ["/#?avad=1", undefined],
  ])("of %s is %j", (url, token) => {
    expect(avadOf(url)).toBe(token);
  });

  test("may have 256 bytes as a URL encodes it, and so may a click ID", () => {
    expect(avadOf(`/?avad=${"a".repeat(256)}`)).toBe("a".repeat(256));
    expect(queryValue(`/?gclid=${"a".repeat(256)}`, "gclid")).toBe("a".repeat(256));
    for (const long of ["a".repeat(257), "%C3%BC".repeat(43), '"'.repeat(86)]) {
      expect(avadOf(`/?avad=${long}`)).toBeUndefined();
      expect(queryValue(`/?gclid=${long}`, "gclid")).toBeUndefined();
      expect(hasOversizedToken(`/?avad=${long}`)).toBe(true);
    }
    expect(hasOversizedToken("/?avad=77_f3")).toBe(false);
    expect(hasOversizedToken("/")).toBe(false);
  });

  test("comes back from the cookie exactly as it arrived, whatever it is", () => {
    const texts = fc.string({ unit: "grapheme", minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(texts.filter(isToken), (token) => {
        const arrived = avadOf(`/?x=1&avad=${encodeURIComponent(token)}`);
        expect(arrived).toBe(token);
        const line = setCookie("avad", token, settings, true);
        expect(readVisitorCookies(`a=b; ${line.split(";", 1)[0]}; c=d`, settings).avad).toBe(token);
      }),
    );
  });

  test("is found in a long query without searching each part of it again", () => {
    // Not timed: a search that starts again at each "?" would not end within the test's limit.
    for (let round = 0; round < 40; round++) {
      expect(avadOf(`/?${"?".repeat(16_000)}&${"avad".repeat(4_000)}&a?avad=77_f3`)).toBe("77_f3");
    }
  });
});
