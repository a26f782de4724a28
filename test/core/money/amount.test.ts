import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  currencyCode,
  currencyDigits,
  formatMinor,
  fromMinor,
  MAX_AMOUNT,
  toMinor,
} from "../../../packages/core/src/money.ts";

describe("toMinor", () => {
  test.each([
    [0.1 + 0.2, "USD", 30],
    [1.005, "USD", 101],
    ["1.005", "USD", 101],
    ["1.0049999999999999999", "USD", 100],
    ["-1.005", "USD", -101],
    [-0.001, "USD", 0],
    [19.99, "USD", 1999],
    [" 19.9 ", "USD", 1990],
    ["100", "JPY", 100],
    [99.5, "JPY", 100],
    [1.2345, "KWD", 1235],
    ["0.0005", "KWD", 1],
    [1e-7, "USD", 0],
    ["1e2", "USD", 10000],
    ["+5", "USD", 500],
    ["+1.25e+1", "USD", 1250],
    ["-0", "USD", 0],
    [".99", "USD", 99],
    ["9.", "USD", 900],
    [MAX_AMOUNT, "CLF", 1e15],
  ])("reads %j %s as %d minor units", (value, currency, minor) => {
    expect(toMinor(value, currencyDigits(currency))).toBe(minor);
  });

  test.each([
    [NaN],
    [Infinity],
    ["12,50"],
    ["$5"],
    [""],
    ["0x10"],
    ["."],
    [null],
    [true],
    [{}],
    ["1".repeat(50)],
    [1e300],
  ])("rejects %j", (value) => {
    expect(toMinor(value, 2)).toBeUndefined();
  });

  test("rounds a price times a quantity once, not item by item", () => {
    expect(toMinor("3.333", 2, 3)).toBe(1000);
    expect(toMinor(1.005, 2, 2)).toBe(201);
  });

  test("rejects a total that is larger than any order's", () => {
    expect(toMinor(MAX_AMOUNT, 2, 2)).toBeUndefined();
  });

  test("gives back every whole number of minor units, whichever way it was written", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e11 }), fc.constantFrom(0, 2, 3, 4), (minor, digits) => {
        expect(toMinor(formatMinor(minor, digits), digits)).toBe(minor);
        expect(toMinor(fromMinor(minor, digits), digits)).toBe(minor);
        expect(Number(formatMinor(minor, digits))).toBe(fromMinor(minor, digits));
      }),
    );
  });
});

test.each([
  ["usd", "USD"],
  [" Eur ", "EUR"],
  ["US", undefined],
  ["USDT", undefined],
  ["U$D", undefined],
  [840, undefined],
])("reads %j as currency %j", (value, code) => {
  expect(currencyCode(value)).toBe(code);
});

test.each([
  ["CLF", 4],
  ["UYW", 4],
  ["IQD", 3],
  ["KWD", 3],
  ["JPY", 0],
  ["USD", 2],
  ["XAU", 2],
])("knows the decimals of %s: %d", (code, digits) => {
  expect(currencyDigits(code)).toBe(digits);
});

test("has every currency that the runtime lists, and the register's codes that it does not", () => {
  const codes = [
    ...Intl.supportedValuesOf("currency"),
    "CHE",
    "CLF",
    "COU",
    "MXV",
    "USN",
    "UYI",
    "VED",
    "XAD",
  ];
  expect(codes.filter((code) => currencyCode(code) === undefined)).toEqual([]);
});

test.each(["ZZZ", "QQQ", "XXX", "XTS", "DEM", "EURO", "$", ""])("rejects %j", (code) => {
  expect(currencyCode(code)).toBeUndefined();
});
