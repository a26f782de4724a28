import { describe, expect, test } from "vitest";
import { dayOf, daysOf } from "../../../packages/cli/src/options/days.ts";

const HOUR = 3_600_000;

describe("the days of a command", () => {
  test.each([
    ["a day in UTC", { date: "2026-11-28", timeZone: "UTC" }, "2026-11-28T00:00:00Z", 24],
    ["a day in New York", { date: "2026-11-28", timeZone: "America/New_York" }, "2026-11-28T05:00:00Z", 24],
    [
      "the long day of autumn",
      { date: "2026-11-01", timeZone: "America/New_York" },
      "2026-11-01T04:00:00Z",
      25,
    ],
    [
      "the short day of spring",
      { date: "2026-03-08", timeZone: "America/New_York" },
      "2026-03-08T05:00:00Z",
      23,
    ],
    [
      "a day east of Greenwich",
      { date: "2027-01-01", timeZone: "Australia/Sydney" },
      "2026-12-31T13:00:00Z",
      24,
    ],
    [
      "a day whose midnight is skipped",
      { date: "2026-04-24", timeZone: "Africa/Cairo" },
      "2026-04-23T22:00:00Z",
      23,
    ],
    ["a week", { from: "2026-11-23", to: "2026-11-29", timeZone: "UTC" }, "2026-11-23T00:00:00Z", 7 * 24],
    [
      "two moments",
      { from: "2026-11-28T06:00:00-05:00", to: "2026-11-28T12:00:00Z", timeZone: "Asia/Tokyo" },
      "2026-11-28T11:00:00Z",
      1,
    ],
  ])("%s", (_title, given, from, hours) => {
    const days = daysOf(given);
    expect(new Date(days?.from ?? 0).toISOString()).toBe(new Date(from).toISOString());
    expect(((days?.until ?? 0) - (days?.from ?? 0)) / HOUR).toBe(hours);
    expect(days?.timeZone).toBe(given.timeZone);
  });

  test("yesterday ends where today begins", () => {
    const timeZone = "America/New_York";
    expect(daysOf({ date: "yesterday", timeZone })?.until).toBe(daysOf({ date: "today", timeZone })?.from);
    expect(daysOf({ timeZone })).toBeUndefined();
  });

  test.each([
    { date: "2026-02-30" },
    { date: "28.11.2026" },
    { date: "2026-11-28", from: "2026-11-28" },
    { from: "2026-11-28" },
    { from: "2026-11-29", to: "2026-11-28" },
    { from: "2026-11-28T06:00:00", to: "2026-11-28" },
  ])("%j is refused", (given) => {
    expect(() => daysOf({ ...given, timeZone: "UTC" })).toThrow();
  });

  test("a moment's day is that of its time zone", () => {
    expect(dayOf(Date.parse("2026-11-29T03:00:00Z"), "America/New_York")).toBe("2026-11-28");
    expect(dayOf(Date.parse("2026-11-29T03:00:00Z"), "UTC")).toBe("2026-11-29");
  });
});
