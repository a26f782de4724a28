import { memoryOutbox, type TrackerOptions } from "@avantlink-s2s/core";
import { describe, expect, test } from "vitest";
import { checkOptions } from "../../../packages/core/src/options/check-options.ts";
import { MERCHANT_ID } from "../../support/orders.ts";

const issuesOf = (options: unknown) =>
  Object.fromEntries(checkOptions(options).issues.map(({ path, message }) => [path, message]));

test("options that are right come back as they were", () => {
  const options: TrackerOptions = {
    merchantId: MERCHANT_ID,
    outbox: memoryOutbox(),
    cookies: { names: { avad: "a" }, days: 30, domain: undefined },
    trustedProxies: ["10.0.0.0/8"],
    keepParameters: ["order"],
    consent: () => true,
    retry: { maxAgeMs: 0 },
    timeoutMs: 15_000,
  };
  const checked = checkOptions(options);
  expect(checked).toEqual({ options, issues: [] });
  expect(checked.options.outbox).toBe(options.outbox);
});

describe("an issue says what was given and what is expected:", () => {
  test.each<[unknown, Readonly<Record<string, string>>]>([
    [{ mode: "production" }, { mode: 'is "production"; expected "live" or "dry-run"' }],
    [{ timeoutMs: 60_000 }, { timeoutMs: "is 60000; expected a whole number from 1 to 15000" }],
    [{ timeoutMs: 1.5 }, { timeoutMs: "is 1.5; expected a whole number from 1 to 15000" }],
    [{ concurrency: "20" }, { concurrency: 'is "20"; expected a whole number from 1 to 1000' }],
    [{ consent: true }, { consent: "is true; expected a function" }],
    [{ outbox: {} }, { outbox: "is an object; expected an outbox" }],
    [{ outbox: Promise.resolve() }, { outbox: "is an object; expected an outbox" }],
    [{ cookies: "avad" }, { cookies: 'is "avad"; expected an object' }],
    [{ cookies: null }, { cookies: "is null; expected an object" }],
    [{ cookies: { names: [] } }, { "cookies.names": "is a list; expected an object" }],
    [{ keepParameters: "order" }, { keepParameters: 'is "order"; expected a list of parameters\' names' }],
    [
      { keepParameters: ["a", "b=c"] },
      { "keepParameters[1]": "is a text of 3 characters; expected a parameter's name" },
    ],
    [undefined, { options: "is missing; expected an object" }],
    [[], { options: "is a list; expected an object" }],
  ])("%j", (options, issues) => {
    expect(issuesOf(options)).toEqual(issues);
  });
});

describe("an unknown option is an issue, with the option that may be meant:", () => {
  test.each([
    ["merchantID", { merchantID: MERCHANT_ID }, "merchantId"],
    ["cookie", { cookie: {} }, "cookies"],
    ["timeout", { timeout: 1 }, "timeoutMs"],
    ["days", { days: 30 }, "cookies.days"],
    ["retry.concurrency", { retry: { concurrency: 5 } }, "concurrency"],
    ["cookies.name", { cookies: { name: {} } }, "cookies.names"],
    ["cookies.names.gclId", { cookies: { names: { gclId: "x" } } }, "cookies.names.gclid"],
  ])("%s", (path, options, meant) => {
    expect(issuesOf(options)).toEqual({ [path]: `is not an option. Did you mean ${meant}?` });
  });

  test.each(["serverName", "__proto__", "constructor", ""])("or with where all stand: %j", (name) => {
    const options = Object.defineProperty({}, name, { value: 1, enumerable: true });
    expect(issuesOf(options)).toEqual({ [name]: "is not an option. TrackerOptions lists the options." });
  });
});

describe("hostile options", () => {
  const boom = () => {
    throw new Error("boom");
  };

  test("are read once", () => {
    let reads = 0;
    const options = {
      get timeoutMs() {
        reads += 1;
        return reads;
      },
      cookies: {
        get days() {
          reads += 1;
          return reads;
        },
      },
    };
    expect(checkOptions(options)).toEqual({ options: { timeoutMs: 1, cookies: { days: 2 } }, issues: [] });
  });

  test("never throw: a getter, a group or a whole object that cannot be read is an issue", () => {
    const throwing = Object.defineProperty({}, "days", { enumerable: true, get: boom });
    const closed = new Proxy({}, { get: boom, ownKeys: boom, getPrototypeOf: boom, has: boom });
    expect(issuesOf({ cookies: throwing, retry: closed, outbox: closed })).toEqual({
      "cookies.days": "is unreadable; expected a whole number from 1 to 365",
      retry: "is unreadable; expected an object",
      outbox: "is an object; expected an outbox",
    });
    expect(issuesOf(closed)).toEqual({ options: "is unreadable; expected an object" });
  });
});
