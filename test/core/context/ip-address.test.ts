import { describe, expect, test } from "vitest";
import { forwardedAddress, tidyIpAddress } from "../../../packages/core/src/context/ip-address.ts";

test.each([
  ["203.0.113.7", "203.0.113.7"],
  [" 203.0.113.7:51234 ", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["[2001:db8::1]:443", "2001:db8::1"],
  ["2001:DB8:0:0::1", "2001:db8::1"],
  ["fe80::1%eth0", "fe80::1"],
  ["1", ""],
  ["0x7f.1", ""],
  ["999.1.1.1", ""],
  ["unknown", ""],
  ["_hidden", ""],
  ["203.0.113.7, 10.0.0.1", ""],
  ["x".repeat(1_000_000), ""],
  [undefined, ""],
])("%j is the address %j", (given, address) => {
  expect(tidyIpAddress(given)).toBe(address);
});

test.each([
  ["203.0.113.77", "203.0.113.0"],
  ["2001:db8:1:2:3::4", "2001:db8:1::"],
])("%s is truncated to its network %s", (given, network) => {
  expect(tidyIpAddress(given, "truncate")).toBe(network);
});

describe("behind proxies", () => {
  test.each<[string | undefined, number | string[], string | undefined, string | undefined]>([
    ["6.6.6.6, 203.0.113.7", 1, "10.0.0.1", "203.0.113.7"],
    ["6.6.6.6, 203.0.113.7, 10.1.1.1", 2, "10.0.0.1", "203.0.113.7"],
    ["203.0.113.7", 2, "10.0.0.1", undefined],
    ["6.6.6.6", 0, "203.0.113.7", "203.0.113.7"],
    ["6.6.6.6", 0, undefined, undefined],
    [undefined, 1, "10.0.0.1", undefined],
    ["203.0.113.7:4711", 1, "10.0.0.1", "203.0.113.7"],
    ["6.6.6.6, 203.0.113.7, 10.1.1.1", ["10.0.0.0/8"], "10.0.0.1", "203.0.113.7"],
    ["6.6.6.6", ["10.0.0.0/8"], "203.0.113.7", "203.0.113.7"],
    ["203.0.113.7, ::ffff:10.1.1.1", ["10.0.0.0/8", "2001:db8::/32"], "2001:db8::5", "203.0.113.7"],
    ["203.0.113.7, not-an-address", ["10.0.0.0/8"], "10.0.0.1", undefined],
    ["10.2.2.2", ["10.0.0.0/8"], "10.0.0.1", undefined],
    ["203.0.113.7", ["10.0.0.1"], undefined, "203.0.113.7"],
  ])("X-Forwarded-For: %s past %j from %s is %s", (header, trusted, peer, expected) => {
    expect(forwardedAddress(header, trusted, peer)).toBe(expected);
  });
});
