import { describe, expect, test } from "vitest";
import { readVisitorCookies, setCookie } from "../../../packages/core/src/context/cookies.ts";
import { contextSettings } from "../../support/requests.ts";

const settings = { ...contextSettings().cookies, days: 30 };

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
});
